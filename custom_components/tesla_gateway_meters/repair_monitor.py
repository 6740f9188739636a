"""Evaluation of meters and wiring with each poll, for repair issues."""

from collections.abc import Mapping
import time
from typing import Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback

from .checks.ct_configuration import (
    Confirmation,
    CtChange,
    CtSettings,
    changes,
    disagreements,
    read_settings,
)
from .checks.model import Check, CheckResult, CheckTarget
from .coordinator import LiveCoordinator, SlowCoordinator
from .ct_texts import list_changes
from .gateway import AbsentError, Endpoint, LocationMeter, Meter, Phase, ReadingStatus
from .issues import (
    CT_CHANGED,
    CT_DISAGREEMENT,
    READING_FAULT,
    Issue,
    digest,
    is_ignored,
    issue_id,
    rename_reading_faults,
    update_issues,
)
from .markdown import as_plain_text
from .meter_names import UNKNOWN, MeterNames
from .processing.snapshot import MeterSnapshot
from .storage.ct_store import TEXTS, CtStore, as_stored, read_stored
from .storage.ct_texts_v1 import keys_by_name, names_v1, settings_from_texts

# Tesla's own rule: a firmware update of a remote meter may take five minutes.
_READING_FAULT_DELAY: Final = 5 * 60 - 10  # s, less the jitter of polls

# Translation keys that differ from the check's, by check, location, and whether per phase.
_TRANSLATION_KEYS: Final = {
    (Check.NEGATIVE_SOLAR, "solar", False): "negative_solar_total",
    (Check.WRONG_PHASE, "solar", True): "low_power_factor_solar",
}


class RepairMonitor:
    """The repair issues of an entry's meters and wiring, updated with each poll.

    An issue hides those that it may explain. While the CT configuration of a meter has
    changed or a meter cannot be read, the only wiring issues shown are those of the
    voltages and of solar phases that another meter measures. An ignored issue hides
    nothing.
    """

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        live: LiveCoordinator,
        slow: SlowCoordinator,
        names: MeterNames,
    ) -> None:
        """Initialize the monitor."""
        self._hass = hass
        self._entry = entry
        self._live = live
        self._slow = slow
        self._names = names
        self._store = CtStore(hass, entry)
        self._baseline: CtSettings | None = None
        # The baseline of a file of version 1, converted once the meters are known.
        self._baseline_texts: Mapping[str, str] = {}
        self._settings: CtSettings = {}
        self._settings_confirmation = Confirmation()
        self._disagreements_confirmation = Confirmation()
        # None until the gateway has confirmed its configuration.
        self._ct_changes: tuple[CtChange, ...] | None = None
        self._ct_disagreements: tuple[CtChange, ...] | None = None
        self._faulty_since: dict[str, float] = {}
        self._faults: dict[str, str] = {}
        self._ids_renamed = False
        self._results: Mapping[CheckTarget, CheckResult] = {}
        self._published: object = None

    async def async_start(self) -> None:
        """Evaluate the current snapshots, and all that follow."""
        stored = await self._store.async_load()
        if stored is not None and TEXTS in stored:
            self._baseline_texts = stored[TEXTS]
        elif stored is not None:
            self._baseline = read_stored(stored)
        self._entry.async_on_unload(self._async_save)
        self._entry.async_on_unload(
            self._slow.async_add_poll_listener(self._update_from_meters)
        )
        self._entry.async_on_unload(self._live.async_add_listener(self._update_issues))
        if self._slow.last_update_success:
            self._update_from_meters(self._slow.data)

    async def async_accept_configuration(self) -> bool:
        """Make the current CT configuration the baseline.

        Return False if it is not known yet, as after a reload.
        """
        if self._ct_changes is None:
            return False
        self._baseline = self._settings
        self._ct_changes = ()
        await self._async_save()
        self._update_issues()
        return True

    async def _async_save(self) -> None:
        if self._baseline is not None:
            await self._store.async_save(as_stored(self._baseline))

    @callback
    def _update_from_meters(self, snapshot: MeterSnapshot) -> None:
        self._names.add(snapshot.listed.values())
        if snapshot.listed_now and self._all_endpoints_answer():
            self._update_configuration(tuple(snapshot.listed_now.values()))
        if snapshot.readings or snapshot.unlisted:
            self._update_faults(snapshot)
        self._update_issues()

    def _all_endpoints_answer(self) -> bool:
        """Return whether all endpoints answer; those of a starting gateway do not."""
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

    def _update_configuration(self, meters: tuple[Meter, ...]) -> None:
        located = [
            meter for meters in self._live.data.meters.values() for meter in meters
        ]
        settings = read_settings(meters, located)
        found = disagreements(meters, located)
        is_confirmed = self._settings_confirmation.update(settings)
        if not self._disagreements_confirmation.update(found) or not is_confirmed:
            return
        self._settings = settings
        if self._baseline is None:
            self._baseline = baseline = self._first_baseline(located)
            self._store.async_delay_save(lambda: as_stored(baseline))
        self._rename_issues()
        self._ct_changes = changes(self._baseline, settings)
        self._ct_disagreements = found

    def _first_baseline(self, located: list[LocationMeter]) -> CtSettings:
        """Return the baseline that version 1 stored, otherwise the current settings."""
        if not self._baseline_texts:
            return self._settings
        types = {each.key: each.type for each in located}
        types.update(self._names.known())
        keys = keys_by_name(self._baseline_texts, self._settings, types)
        self._rename_issues({key: name for name, key in keys.items()})
        return settings_from_texts(self._baseline_texts, keys)

    def _rename_issues(self, names: Mapping[str, str] | None = None) -> None:
        """Rename, once, ignored issues of version 1, whose ids have the meters' names."""
        if not self._ids_renamed:
            self._ids_renamed = True
            listed = self._slow.data.listed.values()
            current = names_v1({meter.key: meter.type for meter in listed})
            rename_reading_faults(self._hass, self._entry, {**current, **(names or {})})

    def _update_faults(self, snapshot: MeterSnapshot) -> None:
        now = time.monotonic()
        self._faults = {
            key: reading.error or ReadingStatus.ERROR
            for key, reading in (*snapshot.readings.items(), *snapshot.unlisted.items())
            if reading.status.is_fault
        }
        self._faulty_since = {
            key: self._faulty_since.get(key, now) for key in self._faults
        }

    @callback
    def _update_issues(self) -> None:
        """Create and delete issues, if any has changed."""
        unchanged = [self._fault_issue_id(key) for key in self._faults]
        if self._ct_changes is None:
            unchanged += (self._issue_id(CT_CHANGED), self._issue_id(CT_DISAGREEMENT))
        issues = [*self._configuration_issues(), *self._fault_issues()]
        shown = {each.id for each in issues if not is_ignored(self._hass, each.id)}
        meters = self._meters_concerned(shown)
        self._results = self._last_results()
        for target, result in self._results.items():
            if _is_explained(target, result, meters):
                continue
            explained = result.explained_by
            if result.raises_issue or (explained and self._is_all_ignored(result)):
                issues.append(self._wiring_issue(target, result))
            elif result.problem is not False and not explained:
                unchanged.append(self._wiring_issue_id(target))
        if self._published != (published := (issues, unchanged)):
            self._published = published
            update_issues(self._hass, self._entry, issues, unchanged)

    def _meters_concerned(self, shown: set[str]) -> set[str]:
        """Return the keys of the meters that the issues with these ids are about."""
        meters = {key for key in self._faults if self._fault_issue_id(key) in shown}
        for kind, found in (
            (CT_CHANGED, self._ct_changes),
            (CT_DISAGREEMENT, self._ct_disagreements),
        ):
            if self._issue_id(kind) in shown:
                meters.update(each.setting.meter for each in found or ())
        return meters

    def _configuration_issues(self) -> list[Issue]:
        return [
            Issue(
                id=self._issue_id(kind),
                translation_key=kind,
                fixable=kind == CT_CHANGED,
                placeholders={"changes": list_changes(self._hass, self._names, found)},
            )
            for kind, found in (
                (CT_CHANGED, self._ct_changes),
                (CT_DISAGREEMENT, self._ct_disagreements),
            )
            if found
        ]

    def _fault_issues(self) -> list[Issue]:
        now = time.monotonic()
        return [
            self._fault_issue(key)
            for key, since in self._faulty_since.items()
            if now - since >= _READING_FAULT_DELAY
        ]

    def _fault_issue(self, key: str) -> Issue:
        error = as_plain_text(self._faults[key])
        if key not in self._slow.data.listed:
            return Issue(
                id=self._fault_issue_id(key),
                translation_key="reading_fault_unlisted",
                placeholders={"error": error},
            )
        self._rename_issues()
        return Issue(
            id=self._fault_issue_id(key),
            translation_key=READING_FAULT,
            placeholders={"meter": self._names.name(key), "error": error},
        )

    def _wiring_issue(self, target: CheckTarget, result: CheckResult) -> Issue:
        variant = (target.check, target.location, target.phase is not None)
        evidence = result.evidence
        return Issue(
            id=self._wiring_issue_id(target),
            translation_key=result.variant
            or _TRANSLATION_KEYS.get(variant)
            or target.check,
            placeholders={
                "location": self._names.location_name(target.location),
                "phase": "" if target.phase is None else target.phase.upper(),
                "meter": self._names.name(result.meter) if result.meter else UNKNOWN,
                "cts": ", ".join(f"CT{ct}" for ct in result.cts) or UNKNOWN,
            },
            evidence={
                **{name: _format_number(value) for name, value in evidence.items()},
                "voltages": ", ".join(
                    f"{phase.upper()} {_format_number(evidence[phase])} V"
                    for phase in Phase
                    if phase in evidence
                ),
            },
        )

    def _issue_id(self, kind: str, part: str = "") -> str:
        return issue_id(kind, self._entry, part)

    def _wiring_issue_id(self, target: CheckTarget) -> str:
        return self._issue_id(target.check, target.key)

    def _fault_issue_id(self, key: str) -> str:
        prefix = "" if key in self._slow.data.listed else "unlisted_"
        return self._issue_id(READING_FAULT, f"{prefix}{digest(key)}")

    def _is_all_ignored(self, result: CheckResult) -> bool:
        """Return whether the user ignores all issues that explain a result."""
        return all(
            is_ignored(self._hass, self._wiring_issue_id(each))
            for each in result.explained_by
        )

    def _last_results(self) -> Mapping[CheckTarget, CheckResult]:
        """Return the last result of each check, also if an endpoint has failed since."""
        live = self._live.data
        if live.failed or live.stale:
            return {**self._results, **live.check_results}
        return live.check_results


def _is_explained(target: CheckTarget, result: CheckResult, meters: set[str]) -> bool:
    """Return whether a fault of these meters, by their keys, may explain a result.

    Solar is checked by its own meter. The checks of the grid use solar as evidence, and
    the load is calculated from all meters.
    """
    if target.check is Check.VOLTAGES_APART:
        return False
    if target.location == "solar" and result.meter is not None:
        return result.meter in meters
    return bool(meters)


def _format_number(value: float) -> str:
    """Return a number with four significant digits, without an exponent."""
    return f"{value:.0f}" if abs(value) >= 1000 else f"{value:.4g}"
