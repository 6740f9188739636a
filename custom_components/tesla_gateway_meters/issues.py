"""Repair issues: the only module that creates and deletes them.

The id of an issue is made of its kind and the entry, so that an ignored one stays so.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
import hashlib
import re
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
from .markdown import as_plain_text
from .meter_names import UNKNOWN
from .processing.counter_guard import Reset

CERTIFICATE_CHANGED: Final = "certificate_changed"
ANOTHER_GATEWAY: Final = "another_gateway"
CORE_POWERWALL: Final = "core_powerwall"
COUNTER_RESET: Final = "counter_reset"


# The part of an id that stands for a meter; no other name ends like this.
_IS_DIGEST: Final = re.compile(r"(unlisted_)?[0-9a-f]{8}")


def issue_id(kind: str, entry: ConfigEntry, part: str | None = None) -> str:
    """Return the id of an issue of an entry, and of a part if there may be several."""
    return f"{kind}_{entry.entry_id}{'' if part is None else f'_{part}'}"


def digest(key: str) -> str:
    """Return the digest that replaces a key or a serial in an id, as both are private."""
    return hashlib.sha256(key.encode()).hexdigest()[:8]


@callback
def create_issue(
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
    """Create an issue of an entry; `kind` is its translation key.

    `known_as` is its id, if that is not made of the kind alone. A persistent issue is part
    of each diagnostics download, so it gets no placeholders.
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
def delete_issue(hass: HomeAssistant, entry: ConfigEntry, kind: str) -> None:
    """Delete the issue of a kind, if there is one."""
    ir.async_delete_issue(hass, DOMAIN, issue_id(kind, entry))


@callback
def create_connection_issue(
    hass: HomeAssistant, entry: ConfigEntry, err: GatewayError
) -> None:
    """Create the issue of an error that the user has to act on; others have none."""
    host = entry.data[CONF_HOST]
    if isinstance(err, CertificateChangedError):
        create_issue(
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
        create_issue(
            hass,
            entry,
            ANOTHER_GATEWAY,
            severity=ir.IssueSeverity.ERROR,
            placeholders={"host": host},
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Issue:
    """A repair issue of a check of an entry's meters or wiring.

    `evidence` are placeholders that change all the time: an issue that differs in
    nothing else is the same. `translation_key` may be a variant of the kind's.
    """

    id: str
    translation_key: str
    placeholders: Mapping[str, str]
    evidence: Mapping[str, str] = field(default_factory=dict, compare=False)
    fixable: bool = False


CT_CHANGED: Final = "ct_changed"
CT_DISAGREEMENT: Final = "ct_disagreement"
READING_FAULT: Final = "reading_fault"

# All kinds of issues that `update_issues` creates and deletes.
_CHECKED: Final = (CT_CHANGED, CT_DISAGREEMENT, READING_FAULT, *map(str, Check))


@callback
def update_issues(
    hass: HomeAssistant,
    entry: ConfigEntry,
    issues: Iterable[Issue],
    unchanged: Iterable[str],
) -> None:
    """Create these issues, and delete all others, except those with unchanged ids.

    An ignored issue is kept, so that it stays ignored.
    """
    kept = set(unchanged)
    for issue in issues:
        kept.add(issue.id)
        create_issue(
            hass,
            entry,
            issue.translation_key,
            known_as=issue.id,
            fixable=issue.fixable,
            placeholders={**issue.evidence, **issue.placeholders},
        )
    prefixes = tuple(issue_id(kind, entry) for kind in _CHECKED)
    for (domain, known_id), present in list(ir.async_get(hass).issues.items()):
        if (
            domain == DOMAIN
            and known_id.startswith(prefixes)
            and known_id not in kept
            and present.dismissed_version is None
        ):
            ir.async_delete_issue(hass, DOMAIN, known_id)


@callback
def is_ignored(hass: HomeAssistant, known_id: str) -> bool:
    """Return whether the user ignores an issue."""
    issue = ir.async_get(hass).async_get_issue(DOMAIN, known_id)
    return issue is not None and issue.dismissed_version is not None


@callback
def rename_reading_faults(
    hass: HomeAssistant, entry: ConfigEntry, names: Mapping[str, str]
) -> None:
    """Rename ignored reading faults, whose ids once had the meters' names.

    `names` has the names by key. An ignored issue of any other name is deleted, before
    another meter gets that name.
    """
    registry = ir.async_get(hass)
    prefix = issue_id(READING_FAULT, entry, "")
    ids = {
        f"{prefix}{name.lower().replace(' ', '_')}": f"{prefix}{digest(key)}"
        for key, name in names.items()
    }
    for (domain, known_id), issue in list(registry.issues.items()):
        part = known_id.removeprefix(prefix)
        if domain != DOMAIN or part == known_id or _IS_DIGEST.fullmatch(part):
            continue
        if issue.dismissed_version is not None and known_id in ids:
            # No call creates an issue that is ignored and not active.
            registry.issues[DOMAIN, ids[known_id]] = replace(
                issue, issue_id=ids[known_id]
            )
        ir.async_delete_issue(hass, DOMAIN, known_id)


@callback
def create_reset_issue(
    hass: HomeAssistant, entry: ConfigEntry, key: str, reset: Reset
) -> None:
    """Create the issue of a counter's reset, which stays until the user confirms it."""
    part = digest(key)
    create_issue(
        hass,
        entry,
        COUNTER_RESET,
        known_as=issue_id(COUNTER_RESET, entry, part),
        fixable=True,
        persistent=True,
        data={"counter": part, "old": reset.old, "new": reset.new, "at": reset.at},
    )


@callback
def reset_placeholders(
    hass: HomeAssistant, data: Mapping[str, str | float | None]
) -> dict[str, str]:
    """Return the placeholders of a reset's description, from the data of its issue."""
    entry = hass.config_entries.async_get_known_entry(str(data["entry_id"]))
    prefix = f"{entry.unique_id or entry.entry_id}_"
    entity_ids = (
        each.entity_id
        for each in er.async_entries_for_config_entry(
            er.async_get(hass), entry.entry_id
        )
        if each.domain == Platform.SENSOR
        and digest(each.unique_id.removeprefix(prefix)) == data["counter"]
    )
    names = (
        as_plain_text(state.name) if (state := hass.states.get(each)) else each
        for each in entity_ids
    )
    since = dt_util.as_local(dt_util.utc_from_timestamp(float(data["at"] or 0)))
    return {
        "name": entry.title,
        "counter": next(names, UNKNOWN),
        "old": f"{float(data['old'] or 0) / 1000:.3f}",
        "new": f"{float(data['new'] or 0) / 1000:.3f}",
        "since": f"{since:%Y-%m-%d %H:%M}",
    }


@callback
def delete_connection_issues(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Delete the issues that an answer of the right gateway disproves."""
    for kind in (CERTIFICATE_CHANGED, ANOTHER_GATEWAY):
        delete_issue(hass, entry, kind)


@callback
def delete_all_issues(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Delete all issues of an entry that is no longer used."""
    for domain, known_id in list(ir.async_get(hass).issues):
        if domain == DOMAIN and entry.entry_id in known_id:
            ir.async_delete_issue(hass, DOMAIN, known_id)
