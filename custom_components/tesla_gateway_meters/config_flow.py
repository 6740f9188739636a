"""How a person sets a gateway up."""

from collections.abc import Mapping
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
    find_certified,
    find_entry,
    follow,
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
from .identity import ask_din, listed_din, open_din
from .options_flow import GatewayOptionsFlow
from .probe import require_answers
from .session import create_session

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

# The message for each way in which meeting a gateway can fail; any other error
# comes from something that is none.
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
    """Sets a gateway up by its address and its customer password."""

    _changes: dict[str, str]
    _discovered: Address
    _mac: str | None = None

    def __init__(self) -> None:
        """Begin without a word from any gateway."""
        self._cool_downs: dict[Address, CoolDown] = {}

    @staticmethod
    @callback
    @override
    def async_get_options_flow(config_entry: ConfigEntry) -> GatewayOptionsFlow:
        """Return the flow that asks for the options."""
        return GatewayOptionsFlow()

    @override
    async def async_step_user(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for address and password, and try them."""
        errors: dict[str, str] = {}
        if user_input is not None:
            try:
                return await self._create(
                    Address.parse(user_input[CONF_HOST]), user_input[CONF_PASSWORD]
                )
            except GatewayError as err:
                errors = _errors(err)
            # What was typed stays, save the password.
            user_input = {CONF_HOST: user_input[CONF_HOST]}
        return self.async_show_form(
            step_id="user",
            data_schema=self.add_suggested_values_to_schema(_USER_SCHEMA, user_input),
            errors=errors,
        )

    @override
    async def async_step_dhcp(
        self, discovery_info: DhcpServiceInfo
    ) -> ConfigFlowResult:
        """Follow a gateway that has moved, or offer one that is new."""
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
                din = din or await ask_din(self._discovered, fingerprint)
            except GatewayError:
                # One that is named may serve nothing yet: the form waits for it.
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
                data_updates=await follow(
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
        """Ask for the password of the gateway that was found."""
        errors: dict[str, str] = {}
        if user_input is not None:
            try:
                return await self._create(self._discovered, user_input[CONF_PASSWORD])
            except GatewayError as err:
                errors = _errors(err)
        host = str(self._discovered)
        self.context["title_placeholders"] = {CONF_HOST: host}
        return self.async_show_form(
            step_id="discovery_confirm",
            data_schema=_PASSWORD_SCHEMA,
            description_placeholders={CONF_HOST: host},
            errors=errors,
        )

    async def _create(self, address: Address, password: str) -> ConfigFlowResult:
        """Make an entry of a gateway that the password opens.

        Raises GatewayError.
        """
        fingerprint = await fetch_fingerprint(address)
        memory = await self._meet(address, fingerprint, password)
        data: dict[str, Any] = {
            CONF_HOST: str(address),
            CONF_PASSWORD: password,
            CONF_FINGERPRINT: fingerprint,
            CONF_MEMORY: memory.as_dict(),
        }
        if self._mac is not None:
            data[CONF_MAC] = self._mac
        return self.async_create_entry(title=_TITLE, data=data)

    async def async_step_reauth(
        self, entry_data: Mapping[str, Any]
    ) -> ConfigFlowResult:
        """Begin anew with a gateway that refuses the password it accepted once."""
        return await self.async_step_reauth_confirm()

    async def async_step_reauth_confirm(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for the password that the gateway accepts now."""
        entry = self._get_reauth_entry()
        errors: dict[str, str] = {}
        if user_input is not None:
            address = Address.parse(entry.data[CONF_HOST])
            password = user_input[CONF_PASSWORD]
            try:
                memory = await self._meet(
                    address, entry.data[CONF_FINGERPRINT], password
                )
            except GatewayError as err:
                errors = _errors(err)
            else:
                return self.async_update_reload_and_abort(
                    entry,
                    data_updates={
                        CONF_PASSWORD: password,
                        CONF_MEMORY: memory.as_dict(),
                    },
                )
        return self.async_show_form(
            step_id="reauth_confirm",
            data_schema=_PASSWORD_SCHEMA,
            description_placeholders={CONF_HOST: entry.data[CONF_HOST]},
            errors=errors,
        )

    async def async_step_reconfigure(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for a new address or password of the same gateway."""
        entry = self._get_reconfigure_entry()
        errors: dict[str, str] = {}
        if user_input is not None:
            try:
                address = Address.parse(user_input[CONF_HOST])
                seen = await fetch_fingerprint(address)
                self._changes = {
                    CONF_HOST: str(address),
                    CONF_PASSWORD: user_input.get(CONF_PASSWORD)
                    or entry.data[CONF_PASSWORD],
                    CONF_FINGERPRINT: seen,
                }
                # An entry that was never set up trusts what is seen first.
                if seen != entry.data.get(CONF_FINGERPRINT, seen):
                    return await self.async_step_trust()
                return await self._reconfigure()
            except GatewayError as err:
                errors = _errors(err)
        return self._reconfigure_form(errors, user_input or entry.data)

    async def async_step_trust(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Let a person compare the certificate that is trusted with the one seen."""
        if user_input is None:
            trusted = self._get_reconfigure_entry().data[CONF_FINGERPRINT]
            return self.async_show_form(
                step_id="trust",
                description_placeholders={
                    "trusted": readable(trusted),
                    "seen": readable(self._changes[CONF_FINGERPRINT]),
                },
            )
        try:
            return await self._reconfigure()
        except GatewayError as err:
            return self._reconfigure_form(_errors(err), self._changes)

    async def _reconfigure(self) -> ConfigFlowResult:
        """Take the changes over, if the gateway that they lead to is ours."""
        changes = self._changes
        memory = await self._meet(
            Address.parse(changes[CONF_HOST]),
            changes[CONF_FINGERPRINT],
            changes[CONF_PASSWORD],
        )
        return self.async_update_reload_and_abort(
            self._get_reconfigure_entry(),
            data_updates={**changes, CONF_MEMORY: memory.as_dict()},
        )

    def _reconfigure_form(
        self, errors: dict[str, str], known: Mapping[str, Any]
    ) -> ConfigFlowResult:
        fingerprint = self._get_reconfigure_entry().data.get(CONF_FINGERPRINT)
        return self.async_show_form(
            step_id="reconfigure",
            data_schema=self.add_suggested_values_to_schema(
                _RECONFIGURE_SCHEMA, {CONF_HOST: known[CONF_HOST]}
            ),
            description_placeholders={"trusted": readable(fingerprint or "-")},
            errors=errors,
        )

    async def _meet(self, address: Address, fingerprint: str, password: str) -> Memory:
        """Log in to the gateway at an address; return what to remember of it.

        Aborts the flow for a gateway that is set up already, before it is sent
        a password. Raises GatewayError for what is not a willing gateway.
        """
        async with create_session() as session:
            client = GatewayClient(
                Transport(session, address, fingerprint),
                password,
                memory=Memory(cool_down=self._cool_down(address)),
            )
            try:
                din = await open_din(client)
                if din is not None:
                    await self._check_identity(din, fingerprint)
                await client.login()
                await require_answers(client)
                if din is None:
                    din = await listed_din(client)
                    identity = din or address_identity(
                        self._other_entries, address, fingerprint
                    )
                    await self._check_identity(identity, fingerprint)
            except TryLaterError:
                self._keep_cool_down(address, client.memory.cool_down)
                raise
            return client.memory

    def _cool_down(self, address: Address) -> CoolDown:
        """Return the cool-down that a gateway is in, as far as we were told."""
        if (entry := self._own_entry) is None:
            return self._cool_downs.get(address, CoolDown())
        return Memory.from_dict(entry.data.get(CONF_MEMORY, {})).cool_down

    def _keep_cool_down(self, address: Address, cool_down: CoolDown) -> None:
        """Leave a gateway alone that told this flow to; all that asks it has to."""
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
        """Take on an identity that is new, or that of the entry this is about."""
        await self.async_set_unique_id(identity, raise_on_progress=False)
        entry = self._own_entry
        if entry is None or entry.data.get(CONF_FINGERPRINT) != fingerprint:
            din = identity if is_din(identity) else None
            if find_certified(self._other_entries, fingerprint, din) is not None:
                raise AbortFlow("already_configured")
        if entry is None:
            self._abort_if_unique_id_configured()
        # One that was known by its address has moved, or an update took away what
        # told the DIN: the certificate vouches for it.
        elif (
            is_din(entry.unique_id) and is_din(identity) and identity != entry.unique_id
        ):
            # Polling stopped with the refused password: with the question it would end.
            if self.source == SOURCE_REAUTH:
                raise AnotherGatewayError("another gateway answers")
            self._abort_if_unique_id_mismatch(reason="another_gateway")

    @property
    def _other_entries(self) -> list[ConfigEntry]:
        """The entries of all gateways but the one that this flow is about."""
        own = self._own_entry
        return [
            entry
            for entry in self._async_current_entries(include_ignore=False)
            if own is None or entry.entry_id != own.entry_id
        ]

    @property
    def _own_entry(self) -> ConfigEntry | None:
        """The entry that this flow is about; none while one is being made."""
        if self.source == SOURCE_REAUTH:
            return self._get_reauth_entry()
        if self.source == SOURCE_RECONFIGURE:
            return self._get_reconfigure_entry()
        return None


def _errors(err: GatewayError) -> dict[str, str]:
    message = _MESSAGES.get(type(err), "not_a_gateway")
    return {CONF_HOST if isinstance(err, InvalidAddressError) else "base": message}
