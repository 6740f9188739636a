"""What a person has to be told, since nothing else gets better without them.

Each issue is known by its kind and the entry: one that is dismissed stays so.
"""

from typing import Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import CONF_HOST
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir

from .const import CONF_FINGERPRINT, DOMAIN
from .gateway import (
    AnotherGatewayError,
    CertificateChangedError,
    GatewayError,
    readable,
)

CERTIFICATE_CHANGED: Final = "certificate_changed"
ANOTHER_GATEWAY: Final = "another_gateway"
CORE_POWERWALL: Final = "core_powerwall"
_KINDS: Final = (CERTIFICATE_CHANGED, ANOTHER_GATEWAY, CORE_POWERWALL)


def issue_id(kind: str, entry: ConfigEntry) -> str:
    """Return what an issue of an entry is known by."""
    return f"{kind}_{entry.entry_id}"


@callback
def report(hass: HomeAssistant, entry: ConfigEntry, err: GatewayError) -> None:
    """Raise the issue that an error stands for, if a person has to see to it."""
    if isinstance(err, CertificateChangedError):
        ir.async_create_issue(
            hass,
            DOMAIN,
            issue_id(CERTIFICATE_CHANGED, entry),
            data={"entry_id": entry.entry_id, "seen": err.seen},
            is_fixable=True,
            severity=ir.IssueSeverity.ERROR,
            translation_key=CERTIFICATE_CHANGED,
            translation_placeholders={
                "name": entry.title,
                "host": entry.data[CONF_HOST],
                "trusted": readable(entry.data[CONF_FINGERPRINT]),
                "seen": readable(err.seen),
            },
        )
    elif isinstance(err, AnotherGatewayError):
        ir.async_create_issue(
            hass,
            DOMAIN,
            issue_id(ANOTHER_GATEWAY, entry),
            is_fixable=False,
            severity=ir.IssueSeverity.ERROR,
            translation_key=ANOTHER_GATEWAY,
            translation_placeholders={
                "name": entry.title,
                "host": entry.data[CONF_HOST],
            },
        )


@callback
def withdraw(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Take back what an answer disproves: our gateway is there, and itself."""
    for kind in (CERTIFICATE_CHANGED, ANOTHER_GATEWAY):
        ir.async_delete_issue(hass, DOMAIN, issue_id(kind, entry))


@callback
def withdraw_all(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Take back all that was said about an entry, as it is no longer used."""
    for kind in _KINDS:
        ir.async_delete_issue(hass, DOMAIN, issue_id(kind, entry))
