"""Tests of gateways that start, have no status or no totals, and of other devices."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import override

from homeassistant.config_entries import SOURCE_REAUTH, SOURCE_RECONFIGURE
from homeassistant.const import STATE_UNAVAILABLE
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
import pytest

from custom_components.tesla_gateway_meters.const import DOMAIN
from simulator import Fault, SimulatedGateway
from simulator.answers import Answer

from .conftest import NewEntry, PassTime, StartGateway
from .onboarding import add, begin, fill_in, lease

GATEWAY = "sensor.tesla_energy_gateway"
SITE_POWER = f"{GATEWAY}_grid_power"
STATE_OF_CHARGE = f"{GATEWAY}_battery_state_of_charge"
GRID_STATUS = f"{GATEWAY}_grid_status"

pytestmark = pytest.mark.usefixtures("enable_custom_integrations")

# What `/api/status` may answer beside what it should.
STATUSES = [
    Fault("status", 401),
    Fault("status", 403),
    Fault("status", 404),
    Fault("status", 502),
    Fault("null"),
    Fault("empty"),
    Fault("html"),
    Fault("body", "[]"),
    Fault("body", '"teg"'),
    Fault("body", '{"din": 7, "version": ["1"]}'),
    Fault("body", '{"din": "1232100-00'),
    Fault("body", '{"error": "not now"}'),
]


@pytest.mark.parametrize("profile", ["document", "neurio", "restricted"])
async def test_form_says_that_gateway_is_starting(
    hass: HomeAssistant, start_gateway: StartGateway, profile: str
) -> None:
    """When its site manager has started, the gateway can be added from the same form."""
    gateway = await start_gateway(profile)
    gateway.stop_sitemanager()
    form = await add(hass, gateway)
    assert form["errors"] == {"base": "starting"}
    form = await add(hass, gateway, form=form)
    assert form["errors"] == {"base": "starting"}
    form = await add(hass, gateway, form=form, password="wrong")
    assert form["errors"] == {"base": "invalid_auth"}
    gateway.start_sitemanager()
    result = await add(hass, gateway, form=form)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert hass.states.get(SITE_POWER).state != STATE_UNAVAILABLE


@pytest.mark.parametrize("fault", STATUSES, ids=str)
async def test_set_up_whatever_the_status(
    hass: HomeAssistant,
    gateway: SimulatedGateway,
    pass_time: PassTime,
    fault: Fault,
) -> None:
    """The password is right and the meters answer: that is enough, now and later."""
    gateway.set_fault("status", fault)
    result = await add(hass, gateway)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    # Its own meters tell who it is.
    assert result["result"].unique_id == gateway.din
    await pass_time(60, times=6)
    assert hass.states.get(SITE_POWER).state == "701"


@pytest.mark.parametrize("fault", STATUSES, ids=str)
@pytest.mark.parametrize("password", ["wrong", "right"])
async def test_a_wrong_password_is_one_whatever_the_status(
    hass: HomeAssistant, gateway: SimulatedGateway, fault: Fault, password: str
) -> None:
    """A reauthentication tells the right password from a wrong one."""
    gateway.set_fault("status", fault)
    entry = (await add(hass, gateway))["result"]
    gateway.password = "right"
    form = await begin(hass, entry, SOURCE_REAUTH)
    result = await fill_in(hass, form, password=password)
    if password == "wrong":
        assert result["errors"] == {"base": "invalid_auth"}
    else:
        assert result["reason"] == "reauth_successful"
        assert hass.states.get(SITE_POWER).state == "701"


@pytest.mark.parametrize("fault", STATUSES, ids=str)
async def test_reconfigured_whatever_the_status(
    hass: HomeAssistant, gateway: SimulatedGateway, new_entry: NewEntry, fault: Fault
) -> None:
    """A gateway that moves is the same by its certificate."""
    entry = new_entry(gateway)
    gateway.set_fault("status", fault)
    form = await begin(hass, entry, SOURCE_RECONFIGURE)
    result = await fill_in(hass, form, host=f"localhost:{gateway.port}")
    assert result["reason"] == "reconfigure_successful"
    assert entry.unique_id == gateway.din


@pytest.mark.parametrize("fault", STATUSES, ids=str)
async def test_discovered_whatever_the_status(
    hass: HomeAssistant,
    gateway: SimulatedGateway,
    monkeypatch: pytest.MonkeyPatch,
    fault: Fault,
) -> None:
    """A device with the host name of a gateway is offered, and can be added."""
    monkeypatch.setattr(
        f"custom_components.{DOMAIN}.config_flow.HTTPS_PORT", gateway.port
    )
    gateway.set_fault("status", fault)
    form = await lease(hass, "teslapw_a1b2c3")
    assert form["step_id"] == "discovery_confirm"
    result = await fill_in(hass, form, password=gateway.password)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["result"].unique_id == gateway.din


@pytest.mark.parametrize(
    ("profile", "absent", "shown"),
    [
        ("document", ["meters/aggregates"], f"{GATEWAY}_grid_power_l1"),
        ("restricted", ["meters/aggregates"], STATE_OF_CHARGE),
        (
            "document",
            ["meters/aggregates", "meters/site", "meters/solar", "system_status/soe"],
            GRID_STATUS,
        ),
        (
            "document",
            [
                "meters/aggregates",
                "meters/site",
                "meters/solar",
                "system_status/soe",
                "system_status/grid_status",
            ],
            "sensor.tesla_energy_gateway_meter_x_reading_status",
        ),
    ],
)
async def test_set_up_with_what_there_is(
    hass: HomeAssistant,
    start_gateway: StartGateway,
    pass_time: PassTime,
    profile: str,
    absent: list[str],
    shown: str,
) -> None:
    """A gateway without totals shows the rest; totals that come later are shown too."""
    gateway = await start_gateway(profile)
    for endpoint in absent:
        gateway.set_fault(endpoint, Fault("status", 404))
    result = await add(hass, gateway)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    await pass_time(10, times=6)
    assert hass.states.get(shown).state != STATE_UNAVAILABLE
    assert hass.states.get(SITE_POWER) is None
    gateway.clear_faults()
    # What is absent is asked for again after ten minutes.
    await pass_time(60, times=15)
    assert hass.states.get(SITE_POWER) is not None


async def test_totals_that_are_refused(
    hass: HomeAssistant, gateway: SimulatedGateway, pass_time: PassTime
) -> None:
    """A device that accepts the password is a gateway, which may be starting if it refuses all."""
    endpoints = (
        "meters/aggregates",
        "meters/site",
        "meters/solar",
        "meters",
        "meters/readings",
        "system_status/soe",
        "system_status/grid_status",
    )
    for endpoint in endpoints:
        gateway.set_fault(endpoint, Fault("status", 403))
    form = await add(hass, gateway)
    assert form["errors"] == {"base": "starting"}
    gateway.clear_faults()
    gateway.set_fault("meters/aggregates", Fault("status", 403))
    result = await add(hass, gateway, form=form)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert hass.states.get(SITE_POWER) is None
    gateway.clear_faults()
    await pass_time(60, times=15)
    assert hass.states.get(SITE_POWER).state == "701"


async def test_without_totals_and_starting(
    hass: HomeAssistant, gateway: SimulatedGateway
) -> None:
    """Where the rest is down too, it may be there in some minutes."""
    gateway.stop_sitemanager()
    gateway.set_fault("meters/aggregates", Fault("status", 404))
    gateway.set_fault("meters", Fault("status", 502))
    form = await add(hass, gateway)
    assert form["errors"] == {"base": "starting"}


@dataclass(frozen=True, slots=True)
class RefusingPage(Fault):
    """A fault that asks for another login, as a router does."""

    @override
    def altered(self, answer: Answer, *, login: bool) -> Answer:
        page = b"\n<html><body>401 Unauthorized</body></html>"
        return Answer(401, page, "text/html", headers={"WWW-Authenticate": "Basic"})


type Disguise = Callable[[SimulatedGateway], None]


def _serves_no_meters(gateway: SimulatedGateway) -> None:
    """Let it log in, and serve nothing of what we show."""
    gateway.set_fault("*", Fault("status", 404))
    for endpoint in ("login/Basic", "status"):
        gateway.set_fault(endpoint, Fault("content-type", "application/json"))


@pytest.mark.parametrize(
    "disguise",
    [
        lambda gateway: gateway.set_fault("*", Fault("html")),
        lambda gateway: gateway.set_fault("*", Fault("status", 404)),
        lambda gateway: gateway.set_fault("*", Fault("empty")),
        lambda gateway: gateway.set_fault("*", Fault("body", "{}")),
        lambda gateway: gateway.set_fault("*", Fault("body", "null")),
        lambda gateway: gateway.set_fault("*", Fault("redirect", "https://127.0.0.1/")),
        lambda gateway: gateway.set_fault("*", RefusingPage("html")),
        _serves_no_meters,
    ],
    ids=["page", "404", "empty", "objects", "nulls", "redirect", "401 page", "bare"],
)
async def test_form_says_that_device_is_not_a_gateway(
    hass: HomeAssistant, gateway: SimulatedGateway, disguise: Disguise
) -> None:
    """A router, a proxy, another device: what does not log in as gateways do is none."""
    disguise(gateway)
    form = await add(hass, gateway)
    assert form["errors"] == {"base": "not_a_gateway"}
    assert hass.config_entries.async_entries(DOMAIN) == []
