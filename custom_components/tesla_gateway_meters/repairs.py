"""How a person decides about a certificate that has changed."""

from typing import Any

from homeassistant.components.repairs import (
    ConfirmRepairFlow,
    RepairsFlow,
    RepairsFlowResult,
)
from homeassistant.config_entries import ConfigEntry
from homeassistant.const import CONF_HOST
from homeassistant.core import HomeAssistant

from .const import CONF_FINGERPRINT
from .gateway import Address, GatewayError, fetch_fingerprint, is_din, readable
from .identity import ask_din


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
            if await fetch_fingerprint(address) != self._seen:
                return self.async_abort(reason="changed_again")
            din = await ask_din(address, self._seen)
        except GatewayError:
            return self.async_abort(reason="cannot_connect")
        known = self._entry.unique_id
        if din is not None and is_din(known) and din.upper() != str(known).upper():
            return self.async_abort(reason="another_gateway")
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


async def async_create_fix_flow(
    hass: HomeAssistant,
    issue_id: str,
    data: dict[str, str | int | float | None] | None,
) -> RepairsFlow:
    """Return the flow for an issue; one kind of it can be fixed."""
    if data is None:
        return ConfirmRepairFlow()
    entry = hass.config_entries.async_get_known_entry(str(data["entry_id"]))
    return TrustCertificateFlow(entry, str(data["seen"]))
