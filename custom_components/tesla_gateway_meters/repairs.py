"""Repair flows of a changed certificate, changed CTs and a counter's reset."""

from collections.abc import Mapping
from typing import Any

from homeassistant.components.repairs import (
    ConfirmRepairFlow,
    RepairsFlow,
    RepairsFlowResult,
)
from homeassistant.config_entries import ConfigEntry, ConfigEntryState
from homeassistant.const import CONF_HOST
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir

from .const import CONF_FINGERPRINT, DOMAIN
from .gateway import (
    Address,
    AnotherGatewayError,
    GatewayError,
    NotHttpsError,
    fetch_fingerprint,
    readable,
)
from .identity import expected_din, fetch_din
from .issues import CERTIFICATE_CHANGED, COUNTER_RESET, reset_placeholders
from .runtime_data import GatewayConfigEntry
from .session import SharedResolver


class TrustCertificateFlow(RepairsFlow):
    """A repair flow that shows the trusted and the new certificate, to choose from."""

    def __init__(self, entry: ConfigEntry, seen: str) -> None:
        """Initialize the flow with the new fingerprint (hexadecimal)."""
        self._entry = entry
        self._seen = seen

    async def async_step_init(
        self, user_input: dict[str, Any] | None = None
    ) -> RepairsFlowResult:
        """Show both fingerprints."""
        return self.async_show_menu(
            step_id="init",
            menu_options=["trust", "keep"],
            description_placeholders={
                "name": self._entry.title,
                "host": self._entry.data[CONF_HOST],
                "trusted": readable(self._entry.data[CONF_FINGERPRINT]),
                "seen": readable(self._seen),
            },
        )

    async def async_step_trust(
        self, user_input: dict[str, Any] | None = None
    ) -> RepairsFlowResult:
        """Trust the new certificate, if the gateway still answers with it."""
        address = Address.parse(self._entry.data[CONF_HOST])
        try:
            resolver = SharedResolver(self.hass)
            if await fetch_fingerprint(address, resolver) != self._seen:
                return self.async_abort(reason="changed_again")
            await fetch_din(self.hass, address, self._seen, expected_din(self._entry))
        except AnotherGatewayError:
            return self.async_abort(reason="another_gateway")
        except NotHttpsError:
            return self.async_abort(reason="not_https")
        except GatewayError:
            return self.async_abort(reason="cannot_connect")
        self.hass.config_entries.async_update_entry(
            self._entry, data={**self._entry.data, CONF_FINGERPRINT: self._seen}
        )
        self.hass.config_entries.async_schedule_reload(self._entry.entry_id)
        return self.async_create_entry(data={})

    async def async_step_keep(
        self, user_input: dict[str, Any] | None = None
    ) -> RepairsFlowResult:
        """Change nothing; the trusted certificate deletes the issue when it is back."""
        return self.async_abort(reason="kept")


class ConfirmConfigurationFlow(RepairsFlow):
    """A repair flow that shows the changes of the CTs, and accepts them."""

    def __init__(self, entry: GatewayConfigEntry) -> None:
        """Initialize the flow."""
        self._entry = entry

    async def async_step_init(
        self, user_input: dict[str, Any] | None = None
    ) -> RepairsFlowResult:
        """Start the flow."""
        return await self.async_step_confirm()

    async def async_step_confirm(
        self, user_input: dict[str, Any] | None = None
    ) -> RepairsFlowResult:
        """Show the changes; once confirmed, accept them."""
        if user_input is None:
            issue = ir.async_get(self.hass).async_get_issue(DOMAIN, self.issue_id)
            return self.async_show_form(
                step_id="confirm",
                description_placeholders=None
                if issue is None
                else issue.translation_placeholders,
            )
        if (
            self._entry.state is not ConfigEntryState.LOADED
            or not await self._entry.runtime_data.repair_monitor.async_accept_configuration()
        ):
            return self.async_abort(reason="not_loaded")
        return self.async_create_entry(data={})


class CounterResetFlow(ConfirmRepairFlow):
    """A repair flow that describes a counter's reset, by data without names."""

    def __init__(self, data: Mapping[str, str | float | None]) -> None:
        """Initialize the flow with the data of a reset's issue."""
        self._reset = data

    async def async_step_confirm(
        self, user_input: dict[str, str] | None = None
    ) -> RepairsFlowResult:
        """Show the description; once confirmed, the issue is deleted."""
        if user_input is not None:
            return await super().async_step_confirm(user_input)
        return self.async_show_form(
            step_id="confirm",
            description_placeholders=reset_placeholders(self.hass, self._reset),
        )


async def async_create_fix_flow(
    hass: HomeAssistant,
    issue_id: str,
    data: dict[str, str | int | float | None] | None,
) -> RepairsFlow:
    """Return the flow of an issue; a reset only has to be confirmed."""
    if data is None:
        return ConfirmRepairFlow()
    if issue_id.startswith(COUNTER_RESET):
        # An issue that an earlier version created has its placeholders stored.
        return CounterResetFlow(data) if "counter" in data else ConfirmRepairFlow()
    entry = hass.config_entries.async_get_known_entry(str(data["entry_id"]))
    if issue_id.startswith(CERTIFICATE_CHANGED):
        return TrustCertificateFlow(entry, str(data["seen"]))
    return ConfirmConfigurationFlow(entry)
