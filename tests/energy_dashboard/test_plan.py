"""The plan for the energy dashboard, for everything that may be set up there."""

from copy import deepcopy
from typing import Any

import pytest

from custom_components.tesla_gateway_meters.energy_plan import (
    KEYS,
    MAY_COUNT_TWICE,
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
TEXTS = {code: f"text of {code}" for code in (*Reason, MAY_COUNT_TWICE)}
NAMES = {"grid": "Grid", "solar": "Solar", "battery": "Battery", "home": "Home"}
HOME: Source = {"type": "home", "stat_energy_to": "sensor.panel", "name": "Panel"}


def gateway(*, without: str = "-", **problems: Reason) -> Gateway:
    """Return a gateway without the sensors of one location, some with a problem."""
    return Gateway(
        title="Gateway 2",
        names=NAMES,
        statistics={
            key: Statistic(f"sensor.{key}", problems.get(key))
            for key in KEYS
            if not key.startswith(without)
        },
        entities={f"sensor.{key}" for key in KEYS} | {"sensor.synchrometerx_site"},
    )


def added(planned: Plan) -> list[str]:
    """Return the types of source to add."""
    return [source["type"] for source in planned.sources]


def left_alone(planned: Plan) -> dict[str, Reason]:
    """Return the types of source that are not added, by type the reason."""
    return {lack.target: lack.reason for lack in planned.left_alone}


def test_everything_added_to_empty_dashboard() -> None:
    """All sources are added, with the fields of the README's table."""
    planned = plan([], gateway(), has_home=True)
    assert planned.sources == [
        {
            "type": "grid",
            "name": "Grid",
            "stat_energy_from": "sensor.site_energy_imported",
            "stat_energy_to": "sensor.site_energy_exported",
            "stat_rate": "sensor.site_power",
            "cost_adjustment_day": 0.0,
        },
        {
            "type": "solar",
            "name": "Solar",
            "stat_energy_from": "sensor.solar_energy_exported",
            "stat_rate": "sensor.solar_power",
            "config_entry_solar_forecast": None,
        },
        {
            "type": "battery",
            "name": "Battery",
            "stat_energy_from": "sensor.battery_energy_exported",
            "stat_energy_to": "sensor.battery_energy_imported",
            "stat_rate": "sensor.battery_power",
            "stat_soc": "sensor.battery_charge",
        },
        {
            "type": "home",
            "name": "Home",
            "stat_energy_to": "sensor.load_energy_imported",
            "stat_rate": "sensor.load_power",
        },
    ]
    assert planned.left_alone == ()
    for source in planned.as_response(TEXTS)["added"]:
        assert not source.keys() & {"without", "beside", "warning"}


@pytest.mark.parametrize("there", [(), OTHERS, (*OTHERS, HOME)])
@pytest.mark.parametrize("has_home", [True, False])
def test_nothing_added_the_second_time(
    there: tuple[Source, ...], *, has_home: bool
) -> None:
    """The second plan reports every source as present."""
    first = plan(there, gateway(), has_home=has_home)
    second = plan([*there, *first.sources], gateway(), has_home=has_home)
    assert first.additions
    assert second.additions == ()
    for kind in added(first):
        assert left_alone(second)[kind] is Reason.ALREADY_THERE


@pytest.mark.parametrize("number", range(4))
def test_missing_sources_added_beside_one_of_ours(number: int) -> None:
    """The other sources are added in the same form."""
    everything = plan([], gateway(), has_home=True).sources
    there = everything.pop(number)
    planned = plan([there], gateway(), has_home=True)
    assert planned.sources == everything
    assert left_alone(planned) == {there["type"]: Reason.ALREADY_THERE}


def test_present_sources_unchanged_and_duplicates_reported() -> None:
    """A source of the same type is named beside ours, since both may count the same."""
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
    assert [source["name"] for source in planned.sources] == [
        "Grid (Gateway 2)",
        "Solar (Gateway 2)",
        "Battery (Gateway 2)",
        "Home",
    ]
    grid, *_, home = planned.as_response(TEXTS)["added"]
    assert grid["beside"] == ["sensor.utility_in"]
    assert grid["warning"] == "text of may_count_twice"
    assert not home.keys() & {"beside", "warning"}


def test_no_warning_beside_source_without_statistics() -> None:
    """A source without statistics counts nothing."""
    planned = plan([{"type": "grid"}], gateway(), has_home=True)
    assert planned.additions[0].beside == ()


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
def test_grid_left_alone_if_any_sensor_is_ours(ours: Source) -> None:
    """One sensor of the gateway is enough: another grid would count it twice."""
    planned = plan([{**OTHERS[0], **ours}], gateway(), has_home=True)
    assert added(planned) == ["solar", "battery", "home"]
    assert left_alone(planned) == {"grid": Reason.ALREADY_THERE}
    (value,) = ours.values()
    (name,) = value.values() if isinstance(value, dict) else (value,)
    assert planned.as_response(TEXTS)["left_alone"] == [
        {
            "type": "grid",
            "reason": "already_there",
            "entities": [name],
            "explanation": "text of already_there",
        }
    ]


def test_grid_added_if_gas_uses_its_sensor() -> None:
    """A source of another type does not count as present."""
    odd = {"type": "gas", "stat_energy_from": "sensor.site_energy_imported"}
    assert "grid" in added(plan([odd], gateway(), has_home=True))


def test_home_left_alone_if_there_is_another() -> None:
    """Home Assistant allows only one home source."""
    planned = plan([HOME], gateway(), has_home=True)
    assert added(planned) == ["grid", "solar", "battery"]
    assert left_alone(planned) == {"home": Reason.ANOTHER_HOME}
    assert planned.left_alone[0].entities == ("sensor.panel",)


def test_home_left_alone_before_2026_11() -> None:
    """Home Assistant before 2026.11 has no home source."""
    planned = plan([], gateway(), has_home=False)
    assert added(planned) == ["grid", "solar", "battery"]
    assert left_alone(planned) == {"home": Reason.NO_HOME_SOURCE}


@pytest.mark.parametrize(
    ("location", "kind"),
    [("battery", "battery"), ("solar", "solar"), ("site", "grid"), ("load", "home")],
)
def test_source_left_alone_without_its_location(location: str, kind: str) -> None:
    """The sources of the other locations are added."""
    planned = plan([], gateway(without=location), has_home=True)
    assert kind not in added(planned)
    assert len(planned.additions) == 3
    assert left_alone(planned) == {kind: Reason.NO_SENSOR}


@pytest.mark.parametrize("reason", [Reason.DISABLED, Reason.NOT_RECORDED])
@pytest.mark.parametrize("key", ["battery_energy_imported", "battery_energy_exported"])
def test_source_left_alone_without_a_counter(key: str, reason: Reason) -> None:
    """The response names the entity of the counter."""
    planned = plan([], gateway(**{key: reason}), has_home=True)
    assert added(planned) == ["grid", "solar", "home"]
    assert left_alone(planned) == {"battery": reason}
    assert planned.left_alone[0].entities == (f"sensor.{key}",)


def test_source_added_without_its_power() -> None:
    """The response names the field that stays empty, and why."""
    problems = {"site_power": Reason.DISABLED, "battery_charge": Reason.NOT_RECORDED}
    planned = plan([], gateway(**problems), has_home=True)
    grid, _, battery, _ = planned.additions
    assert "stat_rate" not in grid.source
    assert "stat_soc" not in battery.source
    added_sources = planned.as_response(TEXTS)["added"]
    assert added_sources[0]["without"] == [
        {
            "field": "stat_rate",
            "reason": "disabled",
            "entities": ["sensor.site_power"],
            "explanation": "text of disabled",
        }
    ]
    assert added_sources[2]["without"][0]["field"] == "stat_soc"
