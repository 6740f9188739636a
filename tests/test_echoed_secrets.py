"""A gateway that repeats what it was sent: nothing of it gets to where it is kept."""

from base64 import b64encode
import json
from typing import Any
from urllib.parse import quote

from homeassistant.core import EVENT_STATE_CHANGED, Event, HomeAssistant, callback
from homeassistant.helpers import (
    device_registry as dr,
    entity_registry as er,
    issue_registry as ir,
)
import pytest

from custom_components.tesla_gateway_meters.diagnostics import (
    async_get_config_entry_diagnostics,
)
from simulator import SimulatedGateway

from .conftest import NewEntry, PassTime, StartGateway, payload_of, serve_instead

PASSWORD = "Qz7-Kw&9/pX"
EVIL = "[click](https://evil.example) <img src=x> **now** www.evil.example"


def echo(gateway: SimulatedGateway, value: str) -> None:
    """Let a gateway report this value in all texts that are shown."""
    status: Any = payload_of(gateway, "status")
    serve_instead(gateway, "status", status | {"version": value, "device_type": value})
    readings: Any = payload_of(gateway, "meters/readings")
    for reading in readings.values():
        reading["error"] = f"meter answers: {value}"
        reading["data"]["firmwareVersion"] = value
    serve_instead(gateway, "meters/readings", readings)
    totals: Any = payload_of(gateway, "meters/aggregates")
    serve_instead(gateway, "meters/aggregates", totals | {value: totals["site"]})
    meters: Any = payload_of(gateway, "meters/site")
    for meter in meters:
        meter["Cached_readings"]["version"] = value
        meter["Cached_readings"]["serial_number"] = value
    serve_instead(gateway, "meters/site", [*meters, meters[0] | {"location": value}])


def kept(hass: HomeAssistant, entry_id: str, events: list[Event]) -> str:
    """Return all that Home Assistant keeps or tells of an entry."""
    devices = dr.async_get(hass)
    return json.dumps(
        [
            [state.as_dict() for state in hass.states.async_all()],
            [str(event) for event in events],
            [
                str(each)
                for each in dr.async_entries_for_config_entry(devices, entry_id)
            ],
            [
                str(each)
                for each in er.async_entries_for_config_entry(
                    er.async_get(hass), entry_id
                )
            ],
            [str(each) for each in ir.async_get(hass).issues.values()],
        ],
        default=str,
        ensure_ascii=False,
    ).casefold()


@pytest.mark.parametrize(
    "write",
    [
        str,
        str.upper,
        lambda text: quote(text, safe=""),
        lambda text: b64encode(f"customer:{text}".encode()).decode().rstrip("="),
    ],
)
@pytest.mark.usefixtures("all_entities_enabled")
async def test_echoed_secret_is_kept_nowhere(
    hass: HomeAssistant,
    start_gateway: StartGateway,
    new_entry: NewEntry,
    pass_time: PassTime,
    caplog: pytest.LogCaptureFixture,
    write: Any,
) -> None:
    """Neither the password nor the token is in a state, an event, a registry or a log."""
    gateway = await start_gateway("neurio", password=PASSWORD)
    events: list[Event] = []

    @callback
    def note(event: Event) -> None:
        events.append(event)

    hass.bus.async_listen(EVENT_STATE_CHANGED, note)
    entry = new_entry(gateway)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    secrets = [PASSWORD, *gateway._sessions._tokens]
    assert len(secrets) > 1
    for secret in secrets:
        echo(gateway, write(secret))
        await pass_time(60, times=7)
        text = kept(hass, entry.entry_id, events)
        found = json.dumps(await async_get_config_entry_diagnostics(hass, entry))
        assert "redacted" in text
        for shown in (text, caplog.text.casefold(), found.casefold()):
            assert secret.casefold() not in shown
            # Of base64 the ends have bits of what is around it.
            assert write(secret)[12:-2].casefold() not in shown or len(secret) < 14
            assert write(secret).casefold() not in shown


async def test_error_text_is_plain_text_in_a_repair(
    hass: HomeAssistant,
    start_gateway: StartGateway,
    new_entry: NewEntry,
    pass_time: PassTime,
) -> None:
    """A repair's description is markdown: what the gateway says in it is not."""
    gateway = await start_gateway("neurio")
    entry = new_entry(gateway)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    echo(gateway, EVIL)
    await pass_time(60, times=15)
    issues = [
        issue
        for issue in ir.async_get(hass).issues.values()
        if issue.translation_key == "reading_fault"
    ]
    assert issues
    for issue in issues:
        assert issue.translation_placeholders is not None
        error = issue.translation_placeholders["error"]
        assert error.startswith("meter answers: \\[click\\]\\(https:\\/\\/evil")
        assert "&lt;img src\\=x&gt; \\*\\*now\\*\\*" in error
        assert "<" not in error
