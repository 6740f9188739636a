"""How a person decides about a certificate or CTs that have changed."""

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
    fetch_fingerprint,
    readable,
)
from .identity import expected_din, fetch_din
from .issues import CERTIFICATE_CHANGED, COUNTER_RESET, reset_texts
from .runtime_data import GatewayConfigEntry
from .session import SharedResolver


class TrustCertificateFlow(RepairsFlow):
    """Shows the certificate that is trusted and the one seen, and asks which holds."""

    def __init__(self, entry: ConfigEntry, seen: str) -> None:
        """Ask about the fingerprint that was seen (hexadecimal)."""
        self._entry = entry
        self._seen = seen

    async def async_step_init(
        self, user_input: dict[str, Any] | None = None
    ) -> RepairsFlowResult:
        """Let a person compare the two."""
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
        """Trust what was compared, if that is what answers, and as our gateway."""
        address = Address.parse(self._entry.data[CONF_HOST])
        try:
            resolver = SharedResolver(self.hass)
            if await fetch_fingerprint(address, resolver) != self._seen:
                return self.async_abort(reason="changed_again")
            await fetch_din(self.hass, address, self._seen, expected_din(self._entry))
        except AnotherGatewayError:
            return self.async_abort(reason="another_gateway")
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
        """Leave everything as it is; the issue goes when the trusted one is back."""
        return self.async_abort(reason="kept")


class ConfirmConfigurationFlow(RepairsFlow):
    """Shows what has changed about the CTs, and takes it for right if a person does."""

    def __init__(self, entry: GatewayConfigEntry) -> None:
        """Ask about the CTs of an entry."""
        self._entry = entry

    async def async_step_init(
        self, user_input: dict[str, Any] | None = None
    ) -> RepairsFlowResult:
        """Begin."""
        return await self.async_step_confirm()

    async def async_step_confirm(
        self, user_input: dict[str, Any] | None = None
    ) -> RepairsFlowResult:
        """Show the change, and take it over."""
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
            or not await self._entry.runtime_data.diagnostician.async_accept_configuration()
        ):
            return self.async_abort(reason="not_loaded")
        return self.async_create_entry(data={})


class CounterResetFlow(ConfirmRepairFlow):
    """Describes a reset with names that its issue does not keep."""

    def __init__(self, data: Mapping[str, str | float | None]) -> None:
        """Describe the reset of which an issue has this data."""
        self._reset = data

    async def async_step_confirm(
        self, user_input: dict[str, str] | None = None
    ) -> RepairsFlowResult:
        """Show it until it is read."""
        if user_input is not None:
            return await super().async_step_confirm(user_input)
        return self.async_show_form(
            step_id="confirm",
            description_placeholders=reset_texts(self.hass, self._reset),
        )


async def async_create_fix_flow(
    hass: HomeAssistant,
    issue_id: str,
    data: dict[str, str | int | float | None] | None,
) -> RepairsFlow:
    """Return the flow for an issue: what happened once is only to be read."""
    if data is None:
        return ConfirmRepairFlow()
    if issue_id.startswith(COUNTER_RESET):
        # One that an earlier version raised has its texts with it.
        return CounterResetFlow(data) if "counter" in data else ConfirmRepairFlow()
    entry = hass.config_entries.async_get_known_entry(str(data["entry_id"]))
    if issue_id.startswith(CERTIFICATE_CHANGED):
        return TrustCertificateFlow(entry, str(data["seen"]))
    return ConfirmConfigurationFlow(entry)
