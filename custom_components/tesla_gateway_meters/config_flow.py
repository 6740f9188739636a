"""Config flow: add a gateway, log in again, or change its address or password."""

from collections.abc import Coroutine, Mapping
from dataclasses import replace
from typing import Any, override

from homeassistant.config_entries import (
    SOURCE_REAUTH,
    SOURCE_RECONFIGURE,
    ConfigEntry,
    ConfigEntryState,
    ConfigFlow,
    ConfigFlowResult,
)
from homeassistant.const import CONF_HOST, CONF_MAC, CONF_PASSWORD
from homeassistant.core import callback
from homeassistant.data_entry_flow import AbortFlow
from homeassistant.helpers.device_registry import format_mac
from homeassistant.helpers.selector import (
    TextSelector,
    TextSelectorConfig,
    TextSelectorType,
)
from homeassistant.helpers.service_info.dhcp import DhcpServiceInfo
import voluptuous as vol

from .const import CONF_FINGERPRINT, CONF_MEMORY, DOMAIN
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
    CoolDown,
    GatewayClient,
    GatewayError,
    InvalidAddressError,
    Memory,
    RateLimitedError,
    StartingError,
    Transport,
    TryLaterError,
    fetch_fingerprint,
    is_din,
    readable,
)
from .identity import fetch_din, read_din, read_listed_din
from .options_flow import GatewayOptionsFlow
from .probe import require_answers
from .runtime_data import GatewayConfigEntry
from .session import SharedResolver, create_session

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
_MESSAGES: dict[type[GatewayError], str] = {
    AnotherGatewayError: "another_gateway",
    InvalidAddressError: "invalid_host",
    ConnectError: "cannot_connect",
    AnswerTimeoutError: "cannot_connect",
    BadCredentialsError: "invalid_auth",
    RateLimitedError: "rate_limited",
    BusyError: "busy",
    TryLaterError: "rate_limited",
    StartingError: "starting",
    CertificateChangedError: "certificate_changed",
}


class GatewayConfigFlow(ConfigFlow, domain=DOMAIN):
    """Config flow of a gateway, by its address and its customer password."""

    _changes: dict[str, str]
    _discovered: Address
    _mac: str | None = None

    def __init__(self) -> None:
        """Initialize the flow without any cool-down."""
        self._cool_downs: dict[Address, CoolDown] = {}

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
        host = user_input[CONF_HOST]
        return await self._form(
            "user", _USER_SCHEMA, self._add(host, user_input[CONF_PASSWORD]), host=host
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
        self.context["title_placeholders"] = {CONF_HOST: host}
        return await self._form(
            "discovery_confirm",
            _PASSWORD_SCHEMA,
            None if user_input is None else self._add(host, user_input[CONF_PASSWORD]),
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
            placeholders={CONF_HOST: entry.data[CONF_HOST]},
        )

    async def async_step_reconfigure(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for a new address or password of the same gateway."""
        if user_input is None:
            host = self._get_reconfigure_entry().data[CONF_HOST]
            return await self._reconfigure_form(None, host)
        return await self._reconfigure_form(
            self._change(user_input), user_input[CONF_HOST]
        )

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
            self._apply(self._get_reconfigure_entry(), self._changes),
            self._changes[CONF_HOST],
        )

    async def _form(
        self,
        step_id: str,
        schema: vol.Schema,
        submit: Coroutine[Any, Any, ConfigFlowResult] | None = None,
        *,
        host: str | None = None,
        placeholders: Mapping[str, str] | None = None,
    ) -> ConfigFlowResult:
        """Return the result of `submit`, or else the form with the error's message.

        A form that is shown again keeps `host`, and never a password.
        """
        errors: dict[str, str] = {}
        if submit is not None:
            try:
                return await submit
            except GatewayError as err:
                field = CONF_HOST if isinstance(err, InvalidAddressError) else "base"
                errors[field] = _MESSAGES.get(type(err), "not_a_gateway")
        return self.async_show_form(
            step_id=step_id,
            data_schema=self.add_suggested_values_to_schema(
                schema, None if host is None else {CONF_HOST: host}
            ),
            description_placeholders=placeholders,
            errors=errors,
        )

    async def _reconfigure_form(
        self, submit: Coroutine[Any, Any, ConfigFlowResult] | None, host: str
    ) -> ConfigFlowResult:
        fingerprint = self._get_reconfigure_entry().data.get(CONF_FINGERPRINT)
        return await self._form(
            "reconfigure",
            _RECONFIGURE_SCHEMA,
            submit,
            host=host,
            placeholders={"trusted": readable(fingerprint or "-")},
        )

    async def _add(self, host: str, password: str) -> ConfigFlowResult:
        """Create an entry after a login at the gateway; raise GatewayError."""
        address = Address.parse(host)
        fingerprint = await fetch_fingerprint(address, SharedResolver(self.hass))
        memory = await self._log_in(address, fingerprint, password)
        data: dict[str, Any] = {
            CONF_HOST: str(address),
            CONF_PASSWORD: password,
            CONF_FINGERPRINT: fingerprint,
            CONF_MEMORY: memory.as_dict(),
        }
        if self._mac is not None:
            data[CONF_MAC] = self._mac
        return self.async_create_entry(title=_TITLE, data=data)

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
        memory = await self._log_in(
            Address.parse(data[CONF_HOST]), data[CONF_FINGERPRINT], data[CONF_PASSWORD]
        )
        return self.async_update_reload_and_abort(
            entry, data_updates={**changes, CONF_MEMORY: memory.as_dict()}
        )

    async def _log_in(
        self, address: Address, fingerprint: str, password: str
    ) -> Memory:
        """Log in to the gateway at an address and return the client's memory.

        Aborts the flow for a gateway that is already set up, before a password is
        sent. Raises GatewayError.
        """
        async with create_session(SharedResolver(self.hass)) as session:
            client = GatewayClient(
                Transport(session, address, fingerprint),
                password,
                memory=Memory(cool_down=self._cool_down(address)),
            )
            try:
                din = await read_din(client)
                if din is not None:
                    await self._check_identity(din, fingerprint)
                await client.login()
                await require_answers(client)
                if din is None:
                    din = await read_listed_din(client)
                    identity = din or address_identity(
                        self._other_entries, address, fingerprint
                    )
                    await self._check_identity(identity, fingerprint)
            except TryLaterError:
                self._store_cool_down(address, client.memory.cool_down)
                raise
            return client.memory

    def _cool_down(self, address: Address) -> CoolDown:
        """Return the known cool-down of the gateway at an address."""
        if (entry := self._own_entry) is None:
            return self._cool_downs.get(address, CoolDown())
        return Memory.from_dict(entry.data.get(CONF_MEMORY, {})).cool_down

    def _store_cool_down(self, address: Address, cool_down: CoolDown) -> None:
        """Store a cool-down where this flow and the entry's client respect it."""
        if (entry := self._own_entry) is None:
            self._cool_downs[address] = cool_down
        elif entry.state is ConfigEntryState.LOADED:
            entry.runtime_data.client.begin_cool_down(cool_down)
        else:
            memory = Memory.from_dict(entry.data.get(CONF_MEMORY, {}))
            memory = replace(memory, cool_down=cool_down)
            self.hass.config_entries.async_update_entry(
                entry, data={**entry.data, CONF_MEMORY: memory.as_dict()}
            )

    async def _check_identity(self, identity: str, fingerprint: str) -> None:
        """Set the unique id; abort for another gateway or one that is set up."""
        await self.async_set_unique_id(identity, raise_on_progress=False)
        entry = self._own_entry
        if entry is None or entry.data.get(CONF_FINGERPRINT) != fingerprint:
            din = identity if is_din(identity) else None
            if find_certified(self._other_entries, fingerprint, din) is not None:
                raise AbortFlow("already_configured")
        if entry is None:
            self._abort_if_unique_id_configured()
        # An entry may be known by its address, or an update may have removed the DIN
        # from the answers: only two different DINs are two gateways.
        elif (
            is_din(entry.unique_id) and is_din(identity) and identity != entry.unique_id
        ):
            # An abort would end the reauth flow, and polling has stopped already.
            if self.source == SOURCE_REAUTH:
                raise AnotherGatewayError("another gateway answers")
            self._abort_if_unique_id_mismatch(reason="another_gateway")

    @property
    def _other_entries(self) -> list[ConfigEntry]:
        """The entries of other gateways."""
        own = self._own_entry
        return [
            entry
            for entry in self._async_current_entries(include_ignore=False)
            if own is None or entry.entry_id != own.entry_id
        ]

    @property
    def _own_entry(self) -> GatewayConfigEntry | None:
        """The entry to reauthenticate or reconfigure; None while adding a gateway."""
        if self.source == SOURCE_REAUTH:
            return self._get_reauth_entry()
        if self.source == SOURCE_RECONFIGURE:
            return self._get_reconfigure_entry()
        return None
