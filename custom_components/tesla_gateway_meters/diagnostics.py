"""Diagnostics of a config entry, without secrets, serials or other personal data.

The simulator can serve the file: `python -m simulator --replay FILE`.
"""

from collections import Counter as Counts
from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import timedelta
from typing import Any, Final

from homeassistant.const import CONF_HOST, CONF_MAC, CONF_PASSWORD
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
import orjson

from .const import CONF_CLIENT_STATE, CONF_FINGERPRINT
from .coordinator import GatewayCoordinator
from .gateway import (
    LOGIN,
    Address,
    ClientState,
    Endpoint,
    EndpointStatistics,
    InvalidAddressError,
    Statistics,
    is_din,
    readable,
)
from .options_flow import OPTIONS
from .processing.counter_guard import Counter
from .processing.snapshot import Snapshot
from .processing.surplus import Watched
from .redaction.redactor import Json, Redactor
from .runtime_data import GatewayConfigEntry, GatewayData

# Capability by the outcome of the last request; any other error is "failing".
_CAPABILITIES = {
    None: "ok",
    "AbsentError": "absent",
    "ForbiddenError": "forbidden",
}
# These answers are keyed by locations and by serials of meters.
_BY_NAME: Final = frozenset({Endpoint.AGGREGATES, Endpoint.READINGS})


async def async_get_config_entry_diagnostics(
    hass: HomeAssistant, entry: GatewayConfigEntry
) -> dict[str, Any]:
    """Return the diagnostics of an entry, redacted."""
    data: GatewayData | None = getattr(entry, "runtime_data", None)
    bodies = {} if data is None else _bodies(data.client.statistics)
    # Redaction searches whole payloads, which takes too long for the event loop.
    payloads, redactor = await hass.async_add_executor_job(
        redacted_answers, bodies, _secrets(entry)
    )
    return {
        "entry": _entry(entry, redactor),
        "gateway": None if data is None else _gateway(data, redactor),
        "polls": {}
        if data is None
        else {
            "live": _poll(data.live, redactor),
            "slow": _poll(data.slow, redactor),
        },
        "requests": None if data is None else _requests(data.client.statistics),
        "counters": {}
        if data is None
        else {
            redactor.name(key): _counter(counter)
            for key, counter in data.counters.known.items()
        },
        # Length of each answer that is not JSON, in bytes.
        "unreadable": {
            endpoint: len(body)
            for endpoint, body in bodies.items()
            if endpoint not in payloads
        },
        "payloads": payloads,
    }


def _bodies(statistics: Statistics) -> dict[str, bytes]:
    return {
        endpoint: each.body
        for endpoint, each in statistics.endpoints.items()
        if each.body is not None
    }


def redacted_answers(
    bodies: Mapping[str, bytes], secrets: Iterable[str]
) -> tuple[dict[str, Json], Redactor]:
    """Return the redacted payloads by endpoint, and the redactor.

    Answers that are not JSON are left out, since they cannot be redacted.
    """
    payloads: dict[str, Json] = {}
    for endpoint, body in bodies.items():
        with suppress(orjson.JSONDecodeError):
            payloads[endpoint] = orjson.loads(body)
    redactor = Redactor(payloads.values(), secrets)
    return {
        endpoint: redactor.payload(payload, by_name=endpoint in _BY_NAME)
        for endpoint, payload in payloads.items()
    }, redactor


def _secrets(entry: GatewayConfigEntry) -> list[str]:
    """Return the secrets and identifiers in the data of an entry."""
    data = entry.data
    return [
        secret
        for secret in (
            data[CONF_PASSWORD],
            _host(entry),
            ClientState.from_dict(data.get(CONF_CLIENT_STATE, {})).token,
            data.get(CONF_MAC),
            entry.unique_id,
        )
        if secret
    ]


def _host(entry: GatewayConfigEntry) -> str:
    host: str = entry.data[CONF_HOST]
    try:
        return Address.parse(host).host
    except InvalidAddressError:
        return host


def _entry(entry: GatewayConfigEntry, redactor: Redactor) -> dict[str, Any]:
    fingerprint = entry.data.get(CONF_FINGERPRINT)
    return {
        "state": entry.state.value,
        "source": entry.source,
        "version": f"{entry.version}.{entry.minor_version}",
        "options": _options(entry.options, redactor),
        "host": redactor.identifier(_host(entry)),
        "known_by": "din" if is_din(entry.unique_id) else "host",
        "has_mac": CONF_MAC in entry.data,
        "certificate": None if fingerprint is None else readable(fingerprint),
    }


def _options(options: Mapping[str, Any], redactor: Redactor) -> dict[str, Any]:
    """Return the known options, and placeholders for all others."""
    return {
        key if key in OPTIONS else redactor.identifier(key): value
        if key in OPTIONS and (isinstance(value, int | float) or value in set(Watched))
        else redactor.payload({"": value})
        for key, value in options.items()
    }


def _gateway(data: GatewayData, redactor: Redactor) -> dict[str, Any]:
    status = data.slow.data.status
    redacted = redactor.payload(
        {
            "din": None if status is None else status.din,
            "device_type": None if status is None else status.device_type,
            "version": None if status is None else status.version,
        }
    )
    power = data.live.data.measured_power
    return {
        "status": redacted,
        "measured_power_w": {
            redactor.key(location): None
            if watts is None
            else redactor.number(watts, "instant_power")
            for location, watts in power.items()
        },
        "silent": [redactor.name(each) for each in sorted(data.live.data.stale)],
        "unlisted_readings": dict(
            Counts(str(each.status) for each in data.slow.data.unlisted.values())
        ),
        "cut": dict(data.client.limits.cut),
        "unknown_words": sum(data.client.limits.unknown_words.values()),
    }


def _poll[SnapshotT: Snapshot](
    coordinator: GatewayCoordinator[SnapshotT], redactor: Redactor
) -> dict[str, Any]:
    interval = coordinator.update_interval or timedelta()
    return {
        "interval_s": interval.total_seconds(),
        "last_succeeded": coordinator.last_update_success,
        "failed": {
            str(endpoint): redactor.error(str(err))
            for endpoint, err in coordinator.failed.items()
        },
    }


def _requests(statistics: Statistics) -> dict[str, Any]:
    return {
        "since": _time(statistics.since),
        "per_minute": round(statistics.per_minute(dt_util.utcnow().timestamp()), 1),
        "logins": statistics.requests(LOGIN),
        "cool_downs": statistics.cool_downs,
        "endpoints": {
            **{str(each): {"capability": "not asked"} for each in Endpoint},
            **{
                endpoint: _endpoint(each)
                for endpoint, each in statistics.endpoints.items()
            },
        },
    }


def _endpoint(each: EndpointStatistics) -> Mapping[str, Any]:
    return {
        "capability": _CAPABILITIES.get(each.outcome, "failing"),
        "requests": each.requests,
        "failures": dict(each.failures),
        "median_ms": _milliseconds(each.duration(0.5)),
        "percentile_95_ms": _milliseconds(each.duration(0.95)),
        "last_success": _time(each.last_success),
        "last_answer": _time(each.body_at),
    }


def _counter(counter: Counter) -> dict[str, Any]:
    return {"published": counter.published, "is_held": counter.is_held} | (
        counter.as_dict()
    )


def _time(time: float | None) -> str | None:
    return None if time is None else dt_util.utc_from_timestamp(time).isoformat()


def _milliseconds(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds * 1000, 1)
