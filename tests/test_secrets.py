"""Tests that secrets are in no log, repair, error, state or download."""

from collections.abc import Generator, Iterator
import json
import logging
import re
import traceback
from typing import Any, override

from homeassistant.config_entries import SOURCE_USER, ConfigEntryState
from homeassistant.const import CONF_HOST, CONF_PASSWORD
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.tesla_gateway_meters.const import DOMAIN
from custom_components.tesla_gateway_meters.diagnostics import (
    async_get_config_entry_diagnostics,
)
from simulator import PROFILES, Fault, SimulatedGateway, serve

from .conftest import NewEntry, PassTime, address_of
from .long import short_if

OTHER_DIN = "1234567-00-E--TG00000000000X"
PASSWORDS = ("Pa55-of-the-customer", "Pa55-that-is-new", "Pa55-that-is-wrong")

# Keys whose values tell one device from all others.
_IDENTIFYING = re.compile("serial|short_id|din|mac|PackageSerialNumber", re.IGNORECASE)
# Shorter ones (a Neurio's five digits) occur by chance.
_SHORTEST = 6


class Everything(logging.Handler):
    """A log handler that keeps formatted messages and their arguments."""

    def __init__(self) -> None:
        """Start with nothing."""
        super().__init__(level=1)
        self.lines: list[str] = []
        self.setFormatter(logging.Formatter("%(name)s %(levelname)s %(message)s"))

    @override
    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(f"{self.format(record)} {record.args!r}")


@pytest.fixture
def log() -> Generator[Everything]:
    """Log everything that any logger is given."""
    handler = Everything()
    # Those that are made later have the root's level.
    loggers = [logging.getLogger(name) for name in logging.root.manager.loggerDict]
    levels = [(logger, logger.level) for logger in (logging.root, *loggers)]
    for logger, level in levels:
        if level or logger is logging.root:
            logger.setLevel(logging.DEBUG)
    logging.root.addHandler(handler)
    yield handler
    logging.root.removeHandler(handler)
    for logger, level in levels:
        logger.setLevel(level)


def identities(value: Any, key: str = "") -> Iterator[str]:
    """Find every serial and identity in a payload."""
    match value:
        case dict():
            for name, item in value.items():
                yield from identities(item, name)
        case list():
            for item in value:
                yield from identities(item, key)
        case str() if _IDENTIFYING.search(key) and len(value) >= _SHORTEST:
            yield value


def identities_of(gateway: SimulatedGateway) -> set[str]:
    """Find every serial and identity that a gateway knows."""
    found = {gateway.din, gateway.din.rpartition("--")[2]}
    for endpoint in gateway._service.profile.endpoints:
        payload = gateway.payload(endpoint)
        found.update(identities(payload))
        if endpoint == "meters/readings":
            found.update(payload)
    # A meter's serial is that of its board with a suffix.
    return found | {each.partition("synchrometer")[0] for each in found}


def errors_of(entry: MockConfigEntry) -> Iterator[str]:
    """Write out every error that an entry holds, with its causes."""
    if entry.state is not ConfigEntryState.LOADED:
        yield f"{entry.reason} {entry.error_reason_translation_placeholders}"
        return
    for coordinator in (entry.runtime_data.live, entry.runtime_data.slow):
        errors = [coordinator.last_exception, *coordinator.failed.values()]
        for err in filter(None, errors):
            yield "".join(traceback.format_exception(err))
            yield repr(err)


class Watch:
    """A search for secrets in everything that users can read."""

    def __init__(self, hass: HomeAssistant, log: Everything) -> None:
        """Search this Home Assistant and this log."""
        self._hass = hass
        self._log = log
        self._secrets: set[str] = set(PASSWORDS)

    def learn(self, gateway: SimulatedGateway) -> None:
        """Add the present secrets of a gateway."""
        self._secrets |= identities_of(gateway) | set(gateway._sessions._tokens)
        self._secrets.discard("")

    def check(self, when: str, *more: str) -> None:
        """Assert that no log message, repair, state or given text contains a secret."""
        states = [repr(state.as_dict()) for state in self._hass.states.async_all()]
        issues = [repr(issue) for issue in ir.async_get(self._hass).issues.values()]
        flows = [
            repr(
                {
                    key: value
                    for key, value in flow.items()
                    # Home Assistant keys its own flows by the unique id.
                    if key != "context"
                }
            )
            for flow in self._hass.config_entries.flow.async_progress()
        ]
        for text in (*self._log.lines, *states, *issues, *flows, *more):
            for secret in self._secrets:
                assert secret not in text, f"{when}: {secret} in {text}"


@pytest.fixture
async def watch(hass: HomeAssistant, log: Everything) -> Watch:
    """Return a search for secrets, with everything set up that might show them."""
    assert await async_setup_component(hass, "repairs", {})
    return Watch(hass, log)


def garbage(gateway: SimulatedGateway) -> list[Fault]:
    """Make answers that go wrong and repeat what they should not."""
    secrets = [gateway.password, gateway.din, *sorted(identities_of(gateway))]
    secrets += gateway._sessions._tokens
    bodies: list[Any] = [
        {"error": " ".join(secrets)},
        secrets,
        " ".join(secrets),
        dict.fromkeys(secrets, secrets),
        [dict.fromkeys(secrets, 1)],
    ]
    return [
        Fault("status", 500),
        Fault("status", 403),
        Fault("html"),
        Fault("cut"),
        Fault("redirect", f"https://{gateway.din}/"),
        Fault("body", " ".join(secrets)),
        *(Fault("body", json.dumps(body)) for body in bodies[:3]),
    ]


@pytest.mark.parametrize(
    "profile", short_if(PROFILES, lambda name: name in {"neurio", "three-phase"})
)
async def test_secrets_are_in_no_log_repair_error_state_or_download(
    hass: HomeAssistant,
    new_entry: NewEntry,
    pass_time: PassTime,
    watch: Watch,
    socket_enabled: None,
    all_entities_enabled: None,
    profile: str,
) -> None:
    """Secrets stay secret during any fault of the gateway."""
    flows = hass.config_entries.flow
    entry: MockConfigEntry

    async def check(when: str) -> None:
        watch.learn(gateway)
        found = await async_get_config_entry_diagnostics(hass, entry)
        watch.check(when, json.dumps(found), *errors_of(entry))

    async def minutes(count: int, when: str) -> None:
        await pass_time(60, times=count)
        await check(when)

    async def log_in(password: str) -> None:
        for flow in flows.async_progress():
            await flows.async_configure(flow["flow_id"], {CONF_PASSWORD: password})
            await hass.async_block_till_done(wait_background_tasks=True)
        await check("reauth")

    async with serve(profile=profile, password=PASSWORDS[0]) as gateway:
        entry = new_entry(gateway)
        await hass.config_entries.async_setup(entry.entry_id)
        await hass.async_block_till_done()
        assert entry.state is ConfigEntryState.LOADED
        await minutes(6, "polls")

        gateway.expire_tokens()
        await minutes(1, "a new login")

        for fault in garbage(gateway):
            gateway.set_fault("*", fault)
            # A login's answer is read as well.
            gateway.expire_tokens()
            await minutes(6, f"garbage: {fault.kind}")
            gateway.clear_faults()
            await log_in(gateway.password)
        await minutes(40, "after garbage")
        assert entry.runtime_data.live.last_update_success

        for endpoint in ("meters/aggregates", "login/Basic"):
            gateway.expire_tokens()
            gateway.set_fault(endpoint, Fault("status", 429, times=1))
            await minutes(2, "in a cool-down")
            await minutes(11, "after a cool-down")

        gateway.become(OTHER_DIN)
        await minutes(6, "another gateway")
        gateway.become(entry.unique_id or "")
        await minutes(6, "our gateway again")

        gateway.password = PASSWORDS[1]
        gateway.expire_tokens()
        await minutes(6, "a changed password")
        assert len(flows.async_progress()) == 1
        await log_in(PASSWORDS[2])
        await minutes(1, "a wrong password")
        await log_in(PASSWORDS[1])
        assert flows.async_progress() == []

        for _ in range(2):
            form = await entry.start_reconfigure_flow(hass)
            host = address_of(gateway)
            result = await flows.async_configure(
                form["flow_id"], {CONF_HOST: host, CONF_PASSWORD: PASSWORDS[1]}
            )
            await hass.async_block_till_done(wait_background_tasks=True)
            await check("reconfigure")
            assert result["reason"] == "reconfigure_successful"

        form = await flows.async_init(DOMAIN, context={"source": SOURCE_USER})
        await flows.async_configure(
            form["flow_id"], {CONF_HOST: host, CONF_PASSWORD: PASSWORDS[1]}
        )
        await check("a second set-up")
        assert entry.state is ConfigEntryState.LOADED
        port = gateway.port
    await minutes(2, "a gateway that is off")

    async with serve(profile=profile, password=PASSWORDS[1], port=port) as gateway:
        await minutes(6, "another certificate")
        assert ir.async_get(hass).issues
        assert not any(secret.encode() in gateway.received for secret in PASSWORDS)
        assert gateway.received == b""

    await hass.config_entries.async_unload(entry.entry_id)
    await check("unloaded")
    await hass.config_entries.async_remove(entry.entry_id)
    watch.check("removed")
