"""Tells a person what is wrong with meters and wiring, and takes it back.

What explains more goes first: while the configuration has changed or a meter cannot be
read, nothing is said about wiring but voltages. What a person ignores explains nothing.
"""

from collections.abc import Iterable, Mapping
import hashlib
from itertools import accumulate
import time
from typing import Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback

from .checks.ct_configuration import (
    Change,
    Facts,
    Steady,
    changes,
    disagreements,
    read_facts,
)
from .checks.model import Check, CheckResult, CheckTarget
from .const import DOMAIN
from .coordinator import LiveCoordinator, SlowCoordinator
from .gateway import (
    LONGEST_TEXT,
    AbsentError,
    Endpoint,
    Meter,
    Phase,
    ReadingStatus,
)
from .issues import Diagnosis, Subject, is_ignored, show_diagnoses
from .markdown import as_plain_text
from .meter_names import name_meters
from .processing.snapshot import MeterSnapshot
from .storage.checked_store import CheckedStore

# A remote meter may update its firmware for as long (Tesla's own rule).
_READING_FAULT_LASTS: Final = 5 * 60 - 10  # s, less the spread of polls

# Translations that differ from the check's own: of solar, and of what has no phase.
_WORDINGS: Final = {
    (Check.NEGATIVE_SOLAR, "solar", False): "negative_solar_total",
    (Check.WRONG_PHASE, "solar", True): "low_power_factor_solar",
}

_CT_CHANGED: Final = Subject("ct_changed")
_CT_DISAGREEMENT: Final = Subject("ct_disagreement")

# What a reading is said to be of whose serial the gateway does not list.
_UNLISTED: Final = "A meter that the gateway does not list"


class Diagnostician:
    """Looks at both coordinators' snapshots as they come."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        live: LiveCoordinator,
        slow: SlowCoordinator,
    ) -> None:
        """Diagnose the gateway of an entry."""
        self._hass = hass
        self._entry = entry
        self._live = live
        self._slow = slow
        self._store = _store(hass, entry)
        self._baseline: Facts | None = None
        self._facts: Facts = {}
        self._steady_facts = Steady()
        self._steady_disagreements = Steady()
        self._faulty_since: dict[str, float] = {}
        # None is not decided yet.
        self._of_configuration: tuple[Diagnosis, ...] | None = None
        self._of_readings: tuple[Diagnosis, ...] = ()
        self._findings: Mapping[CheckTarget, CheckResult] = {}
        self._shown: object = None

    async def async_start(self) -> None:
        """Look at what is there, and at all that comes."""
        self._baseline = await self._store.async_load()
        self._entry.async_on_unload(self._async_save)
        self._entry.async_on_unload(
            self._slow.async_add_poll_listener(self._look_at_meters)
        )
        self._entry.async_on_unload(self._live.async_add_listener(self._show_findings))
        if self._slow.last_update_success:
            self._look_at_meters(self._slow.data)

    async def async_accept_configuration(self) -> bool:
        """Take the configuration of now for the right one, as a person says it is.

        Returns False where it is not known yet, as after a reload.
        """
        if self._of_configuration is None:
            return False
        self._baseline = self._facts
        self._of_configuration = tuple(
            each for each in self._of_configuration if each.subject != _CT_CHANGED
        )
        await self._async_save()
        self._show_findings()
        return True

    async def _async_save(self) -> None:
        if self._baseline is not None:
            await self._store.async_save(self._baseline)

    @callback
    def _look_at_meters(self, snapshot: MeterSnapshot) -> None:
        names = name_meters(snapshot.listed.values())
        if snapshot.readings or snapshot.unlisted:
            self._look_at_readings(snapshot, names)
        if snapshot.meters and self._is_complete():
            self._look_at_configuration(tuple(snapshot.meters.values()), names)
        self._show(names)

    def _is_complete(self) -> bool:
        """Whether all endpoints gave what they have; a gateway that starts does not."""
        failed = {**self._live.failed, **self._slow.failed}
        return self._live.last_update_success and not any(
            endpoint in failed and not isinstance(failed[endpoint], AbsentError)
            for endpoint in (
                Endpoint.METERS,
                Endpoint.AGGREGATES,
                Endpoint.SITE,
                Endpoint.SOLAR,
            )
        )

    def _look_at_configuration(
        self, meters: tuple[Meter, ...], names: Mapping[str, str]
    ) -> None:
        located = [
            meter for meters in self._live.data.meters.values() for meter in meters
        ]
        facts = read_facts(meters, located, names)
        contradictions = disagreements(meters, located, names)
        known = self._steady_facts.is_confirmed(facts)
        sure = self._steady_disagreements.is_confirmed(contradictions)
        if not known or not sure:
            return
        self._facts = facts
        if self._baseline is None:
            self._baseline = facts
            self._store.async_delay_save(lambda: facts)
        changed = changes(self._baseline, facts)
        found = []
        if changed:
            found.append(
                Diagnosis(
                    subject=_CT_CHANGED,
                    fixable=True,
                    placeholders={"changes": _list(changed)},
                )
            )
        if contradictions:
            found.append(
                Diagnosis(
                    subject=_CT_DISAGREEMENT,
                    placeholders={"changes": _list(contradictions)},
                )
            )
        self._of_configuration = tuple(found)

    def _look_at_readings(
        self, snapshot: MeterSnapshot, names: Mapping[str, str]
    ) -> None:
        now = time.monotonic()
        faulty = {
            key: reading.error or ReadingStatus.ERROR
            for key, reading in (*snapshot.readings.items(), *snapshot.unlisted.items())
            if reading.status.is_fault
        }
        self._faulty_since = {key: self._faulty_since.get(key, now) for key in faulty}
        self._of_readings = tuple(
            Diagnosis(
                subject=_of_reading(key, names),
                placeholders={
                    "meter": names.get(key, _UNLISTED),
                    "error": as_plain_text(faulty[key]),
                },
            )
            for key, since in self._faulty_since.items()
            if now - since >= _READING_FAULT_LASTS
        )

    @callback
    def _show_findings(self) -> None:
        self._show(name_meters(self._slow.data.listed.values()))

    def _show(self, names: Mapping[str, str]) -> None:
        """Tell what is found, where that is not what was told before."""
        undecided: list[Subject] = []
        if self._of_configuration is None:
            undecided += (_CT_CHANGED, _CT_DISAGREEMENT)
        undecided += (_of_reading(key, names) for key in self._faulty_since)
        found = [*(self._of_configuration or ()), *self._of_readings]
        self._findings = self._known_findings()
        explained = any(
            not is_ignored(self._hass, self._entry, each.subject) for each in found
        )
        for target, result in self._findings.items():
            if explained and target.check is not Check.VOLTAGES_APART:
                continue
            subject = _subject(target)
            if result.lasting or (result.explained_by and self._is_all_ignored(result)):
                found.append(_of_wiring(subject, target, result, names))
            elif result.problem is not False and not result.explained_by:
                undecided.append(subject)
        if self._shown != (shown := (found, undecided)):
            self._shown = shown
            show_diagnoses(self._hass, self._entry, found, undecided)

    def _is_all_ignored(self, result: CheckResult) -> bool:
        """Return whether a person ignores all that explains a result."""
        return all(
            is_ignored(self._hass, self._entry, _subject(each))
            for each in result.explained_by
        )

    def _known_findings(self) -> Mapping[CheckTarget, CheckResult]:
        """Return the last result of each check: no answer says nothing new of it."""
        live = self._live.data
        if live.failed or live.stale:
            return {**self._findings, **live.check_results}
        return live.check_results


def _subject(target: CheckTarget) -> Subject:
    return Subject(target.check, target.key)


def _of_wiring(
    subject: Subject,
    target: CheckTarget,
    result: CheckResult,
    names: Mapping[str, str],
) -> Diagnosis:
    key = (target.check, target.location, target.phase is not None)
    return Diagnosis(
        subject=subject,
        placeholders={
            "location": as_plain_text(target.location.capitalize()),
            "phase": "" if target.phase is None else target.phase.upper(),
            "meter": names.get(result.meter or "", "a meter"),
            "cts": " and ".join(f"CT{ct}" for ct in result.cts) or "a CT",
        },
        evidence={
            **{name: _number(value) for name, value in result.evidence.items()},
            "voltages": ", ".join(
                f"{phase.upper()} {_number(result.evidence[phase])} V"
                for phase in Phase
                if phase in result.evidence
            ),
        },
        wording=result.wording or _WORDINGS.get(key),
    )


def _number(value: float) -> str:
    """Write four digits, and none as a power of ten."""
    return f"{value:.0f}" if abs(value) >= 1000 else f"{value:.4g}"


def _list(found: Iterable[Change]) -> str:
    lines = [
        f"- {as_plain_text(each.fact)}: {as_plain_text(each.was)}"
        f" → {as_plain_text(each.now)}"
        for each in found
    ]
    # What is left out is counted in a line of its own.
    lengths = accumulate(len(line) + 1 for line in lines)
    shown = sum(length <= LONGEST_TEXT - 20 for length in lengths)
    if shown < len(lines):
        lines[shown:] = [f"- and {len(lines) - shown} more"]
    return "\n".join(lines)


def _of_reading(key: str, names: Mapping[str, str]) -> Subject:
    """Return what a fault of a reading is about; a serial is nobody's business."""
    name = names.get(key)
    if name is None:
        name = f"unlisted_{hashlib.sha256(key.encode()).hexdigest()[:8]}"
    return Subject("reading_fault", _slug(name))


def _slug(name: str) -> str:
    return name.lower().replace(" ", "_")


async def async_forget_configuration(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Delete the baseline of an entry that is removed."""
    await _store(hass, entry).async_remove()


def _store(hass: HomeAssistant, entry: ConfigEntry) -> CheckedStore[Facts]:
    return CheckedStore(
        hass,
        1,
        f"{DOMAIN}.{entry.entry_id}.configuration",
        is_valid=lambda facts: all(isinstance(each, str) for each in facts.values()),
    )
