"""Config flow: add a gateway, log in again, or change its address or password."""

from collections.abc import Coroutine, Mapping
from itertools import count
from typing import Any, override

from homeassistant.config_entries import ConfigEntry, ConfigFlowResult
from homeassistant.const import CONF_HOST, CONF_MAC, CONF_PASSWORD
from homeassistant.core import callback
from homeassistant.helpers.device_registry import format_mac
from homeassistant.helpers.selector import (
    TextSelector,
    TextSelectorConfig,
    TextSelectorType,
)
from homeassistant.helpers.service_info.dhcp import DhcpServiceInfo
import voluptuous as vol

from .const import CONF_CLIENT_STATE, CONF_FINGERPRINT, DOMAIN
from .dhcp import (
    address_identity,
    address_updates,
    find_certified,
    find_entry,
    may_check,
    named_din,
)
from .gateway import (
    HTTPS_PORT,
    Address,
    AnotherGatewayError,
    AnswerTimeoutError,
    BadCredentialsError,
    BusyError,
    CertificateChangedError,
    ConnectError,
    GatewayError,
    InvalidAddressError,
    NotHttpsError,
    RateLimitedError,
    StartingError,
    TryLaterError,
    fetch_fingerprint,
    readable,
)
from .identity import fetch_din
from .login_flow import LoginFlow
from .options_flow import GatewayOptionsFlow
from .runtime_data import GatewayConfigEntry
from .session import SharedResolver

_TITLE = "Tesla Energy Gateway"

_PASSWORD = TextSelector(
    TextSelectorConfig(type=TextSelectorType.PASSWORD, autocomplete="current-password")
)
_USER_SCHEMA = vol.Schema(
    {vol.Required(CONF_HOST): TextSelector(), vol.Required(CONF_PASSWORD): _PASSWORD}
)
_RECONFIGURE_SCHEMA = vol.Schema(
    {vol.Required(CONF_HOST): TextSelector(), vol.Optional(CONF_PASSWORD): _PASSWORD}
)
_PASSWORD_SCHEMA = vol.Schema({vol.Required(CONF_PASSWORD): _PASSWORD})

# The translation key of each error's message; any other error means that the answer
# does not come from a Tesla gateway.
_TRANSLATION_KEYS: dict[type[GatewayError], str] = {
    AnotherGatewayError: "another_gateway",
    InvalidAddressError: "invalid_host",
    ConnectError: "cannot_connect",
    NotHttpsError: "not_https",
    AnswerTimeoutError: "cannot_connect",
    BadCredentialsError: "invalid_auth",
    RateLimitedError: "rate_limited",
    BusyError: "busy",
    TryLaterError: "rate_limited",
    StartingError: "starting",
    CertificateChangedError: "certificate_changed",
}


class GatewayConfigFlow(LoginFlow, domain=DOMAIN):
    """Config flow of a gateway, by its address and its customer password."""

    _entered: Mapping[str, str]
    _changes: dict[str, str]
    _discovered: Address
    _mac: str | None = None

    @staticmethod
    @callback
    @override
    def async_get_options_flow(config_entry: ConfigEntry) -> GatewayOptionsFlow:
        """Return the options flow."""
        return GatewayOptionsFlow()

    @override
    async def async_step_user(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for address and password."""
        if user_input is None:
            return await self._form("user", _USER_SCHEMA)
        return await self._form(
            "user",
            _USER_SCHEMA,
            self._add(user_input[CONF_HOST], user_input[CONF_PASSWORD]),
            values=user_input,
        )

    @override
    async def async_step_dhcp(
        self, discovery_info: DhcpServiceInfo
    ) -> ConfigFlowResult:
        """Update the entry of a gateway that has moved, or offer a new gateway."""
        entries = self._async_current_entries(include_ignore=False)
        entry, din = find_entry(entries, discovery_info), named_din(discovery_info)
        self._discovered = Address(discovery_info.ip, HTTPS_PORT)
        self._mac = format_mac(discovery_info.macaddress)
        identity = din
        is_check_due = entry is None and may_check(self.hass, discovery_info)
        if entry is None and din is None and not is_check_due:
            return self.async_abort(reason="cannot_connect")
        if is_check_due:
            try:
                fingerprint = await fetch_fingerprint(self._discovered)
                din = din or await fetch_din(self.hass, self._discovered, fingerprint)
            except GatewayError:
                # A gateway asks for its lease before it serves: offer it by its name.
                if din is None:
                    return self.async_abort(reason="cannot_connect")
            else:
                entry = find_certified(entries, fingerprint, din)
                identity = din or address_identity(
                    entries, self._discovered, fingerprint
                )
        if entry is not None:
            return self.async_update_reload_and_abort(
                entry,
                data_updates=await address_updates(
                    self.hass, entry, discovery_info, may_connect=is_check_due
                ),
                reason="already_configured",
                reload_even_if_entry_is_unchanged=False,
            )
        await self.async_set_unique_id(identity)
        self._abort_if_unique_id_configured()
        return await self.async_step_discovery_confirm()

    async def async_step_discovery_confirm(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for the password of a discovered gateway."""
        host = str(self._discovered)
        # Home Assistant gives the same placeholder, the entry's title, for a reauth.
        self.context["title_placeholders"] = {"name": f"{_TITLE} ({host})"}
        return await self._form(
            "discovery_confirm",
            _PASSWORD_SCHEMA,
            None if user_input is None else self._add(host, user_input[CONF_PASSWORD]),
            values=user_input,
            placeholders={CONF_HOST: host},
        )

    async def async_step_reauth(
        self, entry_data: Mapping[str, Any]
    ) -> ConfigFlowResult:
        """Start after the gateway has refused the stored password."""
        return await self.async_step_reauth_confirm()

    async def async_step_reauth_confirm(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for the new password of the gateway."""
        entry = self._get_reauth_entry()
        return await self._form(
            "reauth_confirm",
            _PASSWORD_SCHEMA,
            None if user_input is None else self._apply(entry, user_input),
            values=user_input,
            placeholders={CONF_HOST: entry.data[CONF_HOST]},
        )

    async def async_step_reconfigure(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for a new address or password of the same gateway."""
        if user_input is None:
            self._entered = {CONF_HOST: self._get_reconfigure_entry().data[CONF_HOST]}
            return await self._reconfigure_form(None)
        self._entered = user_input
        return await self._reconfigure_form(self._change(user_input))

    async def async_step_trust(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Show the trusted certificate and the new one to compare."""
        if user_input is None:
            trusted = self._get_reconfigure_entry().data[CONF_FINGERPRINT]
            return self.async_show_form(
                step_id="trust",
                description_placeholders={
                    "trusted": readable(trusted),
                    "seen": readable(self._changes[CONF_FINGERPRINT]),
                },
            )
        return await self._reconfigure_form(
            self._apply(self._get_reconfigure_entry(), self._changes)
        )

    async def _form(
        self,
        step_id: str,
        schema: vol.Schema,
        submit: Coroutine[Any, Any, ConfigFlowResult] | None = None,
        *,
        values: Mapping[str, str] | None = None,
        placeholders: Mapping[str, str] | None = None,
    ) -> ConfigFlowResult:
        """Return the result of `submit`, or else the form with the error's message.

        A form that is shown again keeps the entered `values`, except a refused password.
        """
        errors: dict[str, str] = {}
        kept = dict(values or {})
        if submit is not None:
            try:
                return await submit
            except GatewayError as err:
                field = CONF_HOST if isinstance(err, InvalidAddressError) else "base"
                errors[field] = _TRANSLATION_KEYS.get(type(err), "not_a_gateway")
                if isinstance(err, BadCredentialsError):
                    kept.pop(CONF_PASSWORD, None)
        return self.async_show_form(
            step_id=step_id,
            data_schema=self.add_suggested_values_to_schema(schema, kept),
            description_placeholders=placeholders,
            errors=errors,
        )

    async def _reconfigure_form(
        self, submit: Coroutine[Any, Any, ConfigFlowResult] | None
    ) -> ConfigFlowResult:
        fingerprint = self._get_reconfigure_entry().data.get(CONF_FINGERPRINT)
        return await self._form(
            "reconfigure",
            _RECONFIGURE_SCHEMA,
            submit,
            values=self._entered,
            placeholders={"trusted": readable(fingerprint or "-")},
        )

    async def _add(self, host: str, password: str) -> ConfigFlowResult:
        """Create an entry after a login at the gateway; raise GatewayError."""
        address = Address.parse(host)
        fingerprint = await fetch_fingerprint(address, SharedResolver(self.hass))
        state = await self._log_in(address, fingerprint, password)
        data: dict[str, Any] = {
            CONF_HOST: str(address),
            CONF_PASSWORD: password,
            CONF_FINGERPRINT: fingerprint,
            CONF_CLIENT_STATE: state.as_dict(),
        }
        if self._mac is not None:
            data[CONF_MAC] = self._mac
        return self.async_create_entry(title=self._unused_title(), data=data)

    def _unused_title(self) -> str:
        """Return a title that no other entry has."""
        used = {entry.title for entry in self._async_current_entries()}
        titles = (_TITLE if n == 1 else f"{_TITLE} {n}" for n in count(1))
        return next(title for title in titles if title not in used)

    async def _change(self, user_input: Mapping[str, str]) -> ConfigFlowResult:
        """Apply a new address or password, or ask about a new certificate first.

        Raises GatewayError.
        """
        entry = self._get_reconfigure_entry()
        address = Address.parse(user_input[CONF_HOST])
        seen = await fetch_fingerprint(address, SharedResolver(self.hass))
        self._changes = {
            CONF_HOST: str(address),
            CONF_PASSWORD: user_input.get(CONF_PASSWORD) or entry.data[CONF_PASSWORD],
            CONF_FINGERPRINT: seen,
        }
        # An entry that was never set up has no trusted certificate yet.
        if seen != entry.data.get(CONF_FINGERPRINT, seen):
            return await self.async_step_trust()
        return await self._apply(entry, self._changes)

    async def _apply(
        self, entry: GatewayConfigEntry, changes: Mapping[str, str]
    ) -> ConfigFlowResult:
        """Store changes of an entry's data after a login with them.

        Raises GatewayError.
        """
        data = {**entry.data, **changes}
        state = await self._log_in(
            Address.parse(data[CONF_HOST]), data[CONF_FINGERPRINT], data[CONF_PASSWORD]
        )
        return self.async_update_reload_and_abort(
            entry, data_updates={**changes, CONF_CLIENT_STATE: state.as_dict()}
        )
