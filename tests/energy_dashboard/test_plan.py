"""What is planned for the energy dashboard, of all that a person may have there."""

from copy import deepcopy
from typing import Any

import pytest

from custom_components.tesla_gateway_meters.energy_plan import (
    KEYS,
    Gateway,
    Plan,
    Reason,
    Statistic,
    plan,
)

type Source = dict[str, Any]

# What the dashboard's own page wrote for other meters.
OTHERS: tuple[Source, ...] = (
    {
        "type": "grid",
        "stat_energy_from": "sensor.utility_in",
        "stat_energy_to": None,
        "stat_cost": None,
        "entity_energy_price": None,
        "number_energy_price": 0.31,
        "stat_compensation": None,
        "entity_energy_price_export": None,
        "number_energy_price_export": None,
        "power_config": {"stat_rate_inverted": "sensor.utility_power"},
        "stat_rate": "sensor.utility_power_inverted",
        "cost_adjustment_day": 0.0,
        "name": "Utility",
    },
    {"type": "gas", "stat_energy_from": "sensor.gas", "number_energy_price": 1.0},
    {
        "type": "solar",
        "stat_energy_from": "sensor.shed",
        "config_entry_solar_forecast": ["forecast"],
    },
    {"type": "water", "stat_energy_from": "water:meter"},
    {
        "type": "battery",
        "stat_energy_from": "sensor.car_out",
        "stat_energy_to": "sensor.car_in",
        "capacity": 60.0,
    },
)
HOME: Source = {"type": "home", "stat_energy_to": "sensor.panel", "name": "Panel"}


def gateway(*, without: str = "-", **problems: Reason) -> Gateway:
    """Make a gateway without the sensors of one place, some of them with a problem."""
    return Gateway(
        statistics={
            key: Statistic(f"sensor.{key}", problems.get(key))
            for key in KEYS
            if not key.startswith(without)
        },
        entities={f"sensor.{key}" for key in KEYS} | {"sensor.synchrometerx_site"},
    )


def added(planned: Plan) -> list[str]:
    """Return the kinds that are to be added."""
    return [source["type"] for source in planned.sources]


def left_alone(planned: Plan) -> dict[str, Reason]:
    """Return the kinds that are left alone, and why."""
    return {lack.what: lack.reason for lack in planned.left_alone}


def test_nothing_there() -> None:
    """Everything is added, to the fields that the README's table gives."""
    planned = plan([], gateway(), has_home=True)
    assert planned.sources == [
        {
            "type": "grid",
            "stat_energy_from": "sensor.site_energy_imported",
            "stat_energy_to": "sensor.site_energy_exported",
            "stat_rate": "sensor.site_power",
            "cost_adjustment_day": 0.0,
        },
        {
            "type": "solar",
            "stat_energy_from": "sensor.solar_energy_exported",
            "stat_rate": "sensor.solar_power",
            "config_entry_solar_forecast": None,
        },
        {
            "type": "battery",
            "stat_energy_from": "sensor.battery_energy_exported",
            "stat_energy_to": "sensor.battery_energy_imported",
            "stat_rate": "sensor.battery_power",
            "stat_soc": "sensor.battery_charge",
        },
        {
            "type": "home",
            "stat_energy_to": "sensor.load_energy_imported",
            "stat_rate": "sensor.load_power",
        },
    ]
    assert planned.left_alone == ()
    for told in planned.told()["added"]:
        assert "without" not in told
        assert "warning" not in told


@pytest.mark.parametrize("there", [(), OTHERS, (*OTHERS, HOME)])
@pytest.mark.parametrize("has_home", [True, False])
def test_twice_is_once(there: tuple[Source, ...], *, has_home: bool) -> None:
    """The second time finds everything there, and says so."""
    first = plan(there, gateway(), has_home=has_home)
    second = plan([*there, *first.sources], gateway(), has_home=has_home)
    assert first.additions
    assert second.additions == ()
    for kind in added(first):
        assert left_alone(second)[kind] is Reason.ALREADY_THERE


@pytest.mark.parametrize("number", range(4))
def test_part_there(number: int) -> None:
    """Of a part that is there the rest is added, in the same form as ever."""
    everything = plan([], gateway(), has_home=True).sources
    there = everything.pop(number)
    planned = plan([there], gateway(), has_home=True)
    assert planned.sources == everything
    assert left_alone(planned) == {there["type"]: Reason.ALREADY_THERE}


def test_others_are_not_touched() -> None:
    """What is there is only read; who counts twice by ours beside it is warned."""
    there = deepcopy(OTHERS)
    planned = plan(there, gateway(), has_home=True)
    assert there == OTHERS
    assert added(planned) == ["grid", "solar", "battery", "home"]
    assert [addition.beside for addition in planned.additions] == [
        ("sensor.utility_in",),
        ("sensor.shed",),
        ("sensor.car_out",),
        (),
    ]
    warnings = [told.get("warning", "") for told in planned.told()["added"]]
    assert "with sensor.utility_in:" in warnings[0]
    assert not warnings[3]


@pytest.mark.parametrize(
    "ours",
    [
        {"stat_energy_from": "sensor.site_energy_imported"},
        {"stat_energy_to": "sensor.site_energy_exported"},
        {"stat_rate": "sensor.site_power"},
        {"power_config": {"stat_rate_inverted": "sensor.site_power"}},
        {"stat_energy_from": "sensor.synchrometerx_site"},
    ],
)
def test_grid_that_uses_any_of_ours(ours: Source) -> None:
    """One sensor of this gateway is enough: another grid would count it twice."""
    planned = plan([{**OTHERS[0], **ours}], gateway(), has_home=True)
    assert added(planned) == ["solar", "battery", "home"]
    assert left_alone(planned) == {"grid": Reason.ALREADY_THERE}
    (value,) = ours.values()
    (name,) = value.values() if isinstance(value, dict) else (value,)
    assert f"with {name}:" in planned.told()["left_alone"][0]["explanation"]


def test_our_sensors_elsewhere() -> None:
    """A source of another kind says nothing of this one."""
    odd = {"type": "gas", "stat_energy_from": "sensor.site_energy_imported"}
    assert "grid" in added(plan([odd], gateway(), has_home=True))


def test_home_at_most_one() -> None:
    """Home Assistant refuses a second one; another person's choice stays."""
    planned = plan([HOME], gateway(), has_home=True)
    assert added(planned) == ["grid", "solar", "battery"]
    assert left_alone(planned) == {"home": Reason.ANOTHER_HOME}
    assert "sensor.panel" in planned.told()["left_alone"][0]["explanation"]


def test_no_home_source() -> None:
    """Before 2026.11 there is none."""
    planned = plan([], gateway(), has_home=False)
    assert added(planned) == ["grid", "solar", "battery"]
    assert left_alone(planned) == {"home": Reason.NO_HOME_SOURCE}


@pytest.mark.parametrize(
    ("place", "kind"),
    [("battery", "battery"), ("solar", "solar"), ("site", "grid"), ("load", "home")],
)
def test_without_a_place(place: str, kind: str) -> None:
    """A gateway without a battery, or without solar, feeds the rest."""
    planned = plan([], gateway(without=place), has_home=True)
    assert kind not in added(planned)
    assert len(planned.additions) == 3
    assert left_alone(planned) == {kind: Reason.NO_SENSOR}


@pytest.mark.parametrize("reason", [Reason.DISABLED, Reason.NOT_RECORDED])
@pytest.mark.parametrize("key", ["battery_energy_imported", "battery_energy_exported"])
def test_counter_without_statistic(key: str, reason: Reason) -> None:
    """No source goes without its counters; the answer names the entity."""
    planned = plan([], gateway(**{key: reason}), has_home=True)
    assert added(planned) == ["grid", "solar", "home"]
    assert left_alone(planned) == {"battery": reason}
    assert f"sensor.{key} " in planned.told()["left_alone"][0]["explanation"]


def test_power_without_statistic() -> None:
    """A source goes without its power, and says so."""
    problems = {"site_power": Reason.DISABLED, "battery_charge": Reason.NOT_RECORDED}
    planned = plan([], gateway(**problems), has_home=True)
    grid, _, battery, _ = planned.additions
    assert "stat_rate" not in grid.source
    assert "stat_soc" not in battery.source
    told = planned.told()["added"]
    assert told[0]["without"] == [
        {
            "field": "stat_rate",
            "reason": "disabled",
            "explanation": "The entity sensor.site_power is disabled, so it has no "
            "statistic.",
        }
    ]
    assert told[2]["without"][0]["field"] == "stat_soc"
