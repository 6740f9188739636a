"""What a person has to be told, since nothing else gets better without them.

Each issue is known by its kind and the entry: one that is dismissed stays so.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
import hashlib
from typing import Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import CONF_HOST, Platform
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import entity_registry as er, issue_registry as ir
from homeassistant.util import dt as dt_util

from .checks.model import Check
from .const import CONF_FINGERPRINT, DOMAIN
from .gateway import (
    AnotherGatewayError,
    CertificateChangedError,
    GatewayError,
    readable,
)
from .processing.counter_guard import Reset

CERTIFICATE_CHANGED: Final = "certificate_changed"
ANOTHER_GATEWAY: Final = "another_gateway"
CORE_POWERWALL: Final = "core_powerwall"
COUNTER_RESET: Final = "counter_reset"


def issue_id(kind: str, entry: ConfigEntry) -> str:
    """Return what an issue of an entry is known by."""
    return f"{kind}_{entry.entry_id}"


@callback
def raise_issue(
    hass: HomeAssistant,
    entry: ConfigEntry,
    kind: str,
    *,
    known_as: str | None = None,
    severity: ir.IssueSeverity = ir.IssueSeverity.WARNING,
    fixable: bool = False,
    persistent: bool = False,
    data: Mapping[str, str | float] | None = None,
    placeholders: Mapping[str, str] | None = None,
) -> None:
    """Raise an issue of an entry; `kind` is its translation's key.

    `known_as` is its id, where there may be several of a kind. A persistent one is in
    each diagnostics download as a whole, and so has no name that a person gave.
    """
    ir.async_create_issue(
        hass,
        DOMAIN,
        known_as or issue_id(kind, entry),
        data={"entry_id": entry.entry_id, **(data or {})},
        is_fixable=fixable,
        is_persistent=persistent,
        severity=severity,
        translation_key=kind,
        translation_placeholders=None
        if persistent
        else {"name": entry.title, **(placeholders or {})},
    )


@callback
def report(hass: HomeAssistant, entry: ConfigEntry, err: GatewayError) -> None:
    """Raise the issue that an error stands for, if a person has to see to it."""
    host = entry.data[CONF_HOST]
    if isinstance(err, CertificateChangedError):
        raise_issue(
            hass,
            entry,
            CERTIFICATE_CHANGED,
            severity=ir.IssueSeverity.ERROR,
            fixable=True,
            data={"seen": err.seen},
            placeholders={
                "host": host,
                "trusted": readable(entry.data[CONF_FINGERPRINT]),
                "seen": readable(err.seen),
            },
        )
    elif isinstance(err, AnotherGatewayError):
        raise_issue(
            hass,
            entry,
            ANOTHER_GATEWAY,
            severity=ir.IssueSeverity.ERROR,
            placeholders={"host": host},
        )


@dataclass(frozen=True, slots=True)
class Subject:
    """What a diagnosis is about: its kind, and a part of the gateway or all of it."""

    kind: str
    part: str = ""

    def issue_id(self, entry: ConfigEntry) -> str:
        """Return what an issue about it is known by."""
        return f"{issue_id(self.kind, entry)}_{self.part}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnosis:
    """Something that is wrong with meters or wiring, as long as it is.

    `evidence` has placeholders too, as they were when it was found first: what differs in
    them alone is the same. `wording` is the translation's key where it is not the kind.
    """

    subject: Subject
    placeholders: Mapping[str, str]
    evidence: Mapping[str, str] = field(default_factory=dict, compare=False)
    fixable: bool = False
    wording: str | None = None


# All kinds of diagnosis: what is not found any more is withdrawn.
_DIAGNOSES: Final = (
    "ct_changed",
    "ct_disagreement",
    "reading_fault",
    *(str(check) for check in Check),
)


@callback
def show_diagnoses(
    hass: HomeAssistant,
    entry: ConfigEntry,
    found: Iterable[Diagnosis],
    undecided: Iterable[Subject],
) -> None:
    """Raise these, and withdraw all others, save what is not decided yet.

    What a person ignores stays, and stays ignored.
    """
    kept = {subject.issue_id(entry) for subject in undecided}
    for diagnosis in found:
        kept.add(known_id := diagnosis.subject.issue_id(entry))
        raise_issue(
            hass,
            entry,
            diagnosis.wording or diagnosis.subject.kind,
            known_as=known_id,
            fixable=diagnosis.fixable,
            placeholders={**diagnosis.evidence, **diagnosis.placeholders},
        )
    prefixes = tuple(issue_id(kind, entry) for kind in _DIAGNOSES)
    for (domain, known_id), issue in list(ir.async_get(hass).issues.items()):
        if (
            domain == DOMAIN
            and known_id.startswith(prefixes)
            and known_id not in kept
            and issue.dismissed_version is None
        ):
            ir.async_delete_issue(hass, DOMAIN, known_id)


@callback
def is_ignored(hass: HomeAssistant, entry: ConfigEntry, subject: Subject) -> bool:
    """Whether a person does not want to be told of this any more."""
    issue = ir.async_get(hass).async_get_issue(DOMAIN, subject.issue_id(entry))
    return issue is not None and issue.dismissed_version is not None


@callback
def report_reset(
    hass: HomeAssistant, entry: ConfigEntry, key: str, reset: Reset
) -> None:
    """Say that a counter started anew; it happened once, so it is kept until read."""
    part = _digest(key)
    raise_issue(
        hass,
        entry,
        COUNTER_RESET,
        known_as=f"{issue_id(COUNTER_RESET, entry)}_{part}",
        fixable=True,
        persistent=True,
        data={"counter": part, "old": reset.old, "new": reset.new, "at": reset.at},
    )


@callback
def reset_texts(
    hass: HomeAssistant, data: Mapping[str, str | float | None]
) -> dict[str, str]:
    """Return the texts that describe a reset, from the data of its issue."""
    entry = hass.config_entries.async_get_known_entry(str(data["entry_id"]))
    prefix = f"{entry.unique_id or entry.entry_id}_"
    entity_ids = (
        each.entity_id
        for each in er.async_entries_for_config_entry(
            er.async_get(hass), entry.entry_id
        )
        if each.domain == Platform.SENSOR
        and _digest(each.unique_id.removeprefix(prefix)) == data["counter"]
    )
    since = dt_util.as_local(dt_util.utc_from_timestamp(float(data["at"] or 0)))
    return {
        "name": entry.title,
        "counter": next(entity_ids, "A counter"),
        "old": f"{float(data['old'] or 0) / 1000:.3f}",
        "new": f"{float(data['new'] or 0) / 1000:.3f}",
        "since": f"{since:%Y-%m-%d %H:%M}",
    }


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()[:8]


@callback
def withdraw(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Take back what an answer disproves: our gateway is there, and itself."""
    for kind in (CERTIFICATE_CHANGED, ANOTHER_GATEWAY):
        ir.async_delete_issue(hass, DOMAIN, issue_id(kind, entry))


@callback
def withdraw_all(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Take back all that was said about an entry, as it is no longer used."""
    for domain, known_id in list(ir.async_get(hass).issues):
        if domain == DOMAIN and entry.entry_id in known_id:
            ir.async_delete_issue(hass, DOMAIN, known_id)
