"""How a person sets a gateway up."""

from collections.abc import Mapping
from typing import Any, override

from homeassistant.config_entries import (
    SOURCE_REAUTH,
    SOURCE_RECONFIGURE,
    ConfigEntry,
    ConfigFlow,
    ConfigFlowResult,
)
from homeassistant.const import CONF_HOST, CONF_PASSWORD
from homeassistant.helpers.selector import (
    TextSelector,
    TextSelectorConfig,
    TextSelectorType,
)
import voluptuous as vol

from .const import CONF_FINGERPRINT, CONF_MEMORY, DOMAIN
from .gateway import (
    AbsentError,
    Address,
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
    StatusError,
    Transport,
    TryLaterError,
    fetch_fingerprint,
    is_din,
    readable,
)
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
_REAUTH_SCHEMA = vol.Schema({vol.Required(CONF_PASSWORD): _PASSWORD})

# The message for each way in which meeting a gateway can fail; any other error
# comes from something that is none.
_MESSAGES: dict[type[GatewayError], str] = {
    InvalidAddressError: "invalid_host",
    ConnectError: "cannot_connect",
    AnswerTimeoutError: "cannot_connect",
    BadCredentialsError: "invalid_auth",
    RateLimitedError: "rate_limited",
    BusyError: "busy",
    TryLaterError: "rate_limited",
    CertificateChangedError: "certificate_changed",
}


class GatewayConfigFlow(ConfigFlow, domain=DOMAIN):
    """Sets a gateway up by its address and its customer password."""

    _changes: dict[str, str]

    @override
    async def async_step_user(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for address and password, and try them."""
        errors: dict[str, str] = {}
        if user_input is not None:
            try:
                address = Address.parse(user_input[CONF_HOST])
                fingerprint = await fetch_fingerprint(address)
                memory = await self._meet(
                    address, fingerprint, user_input[CONF_PASSWORD]
                )
            except GatewayError as err:
                errors = _errors(err)
            else:
                return self.async_create_entry(
                    title=_TITLE,
                    data={
                        CONF_HOST: str(address),
                        CONF_PASSWORD: user_input[CONF_PASSWORD],
                        CONF_FINGERPRINT: fingerprint,
                        CONF_MEMORY: memory.as_dict(),
                    },
                )
            # What was typed stays, save the password.
            user_input = {CONF_HOST: user_input[CONF_HOST]}
        return self.async_show_form(
            step_id="user",
            data_schema=self.add_suggested_values_to_schema(_USER_SCHEMA, user_input),
            errors=errors,
        )

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
            data_schema=_REAUTH_SCHEMA,
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
                if seen != entry.data[CONF_FINGERPRINT]:
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
        fingerprint = self._get_reconfigure_entry().data[CONF_FINGERPRINT]
        return self.async_show_form(
            step_id="reconfigure",
            data_schema=self.add_suggested_values_to_schema(
                _RECONFIGURE_SCHEMA, {CONF_HOST: known[CONF_HOST]}
            ),
            description_placeholders={"trusted": readable(fingerprint)},
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
                memory=Memory(cool_down=self._known_cool_down()),
            )
            din = await _open_din(client)
            if din is not None:
                await self._check_identity(din)
            await client.login()
            # What has no totals is no gateway, whatever it takes for a login.
            await client.aggregates()
            if din is None:
                await self._check_identity(await _listed_din(client) or str(address))
            return client.memory

    def _known_cool_down(self) -> CoolDown:
        """Return the cool-down that an entry's gateway is in; a flow keeps it too."""
        if (entry := self._own_entry) is None:
            return CoolDown()
        return Memory.from_dict(entry.data.get(CONF_MEMORY, {})).cool_down

    async def _check_identity(self, identity: str) -> None:
        """Take on an identity that is new, or that of the entry this is about."""
        await self.async_set_unique_id(identity, raise_on_progress=False)
        if (entry := self._own_entry) is None:
            self._abort_if_unique_id_configured()
        # One that was known by its address has moved; the certificate vouches for it.
        elif is_din(entry.unique_id):
            self._abort_if_unique_id_mismatch(reason="another_gateway")

    @property
    def _own_entry(self) -> ConfigEntry | None:
        """The entry that this flow is about; none while one is being made."""
        if self.source == SOURCE_REAUTH:
            return self._get_reauth_entry()
        if self.source == SOURCE_RECONFIGURE:
            return self._get_reconfigure_entry()
        return None


async def _open_din(client: GatewayClient) -> str | None:
    """Return the DIN that the gateway tells anyone, if it does.

    Powerwall 3 has no such endpoint, and old firmwares no DIN in it.
    """
    try:
        return (await client.status()).din
    except AbsentError, StatusError:
        return None


async def _listed_din(client: GatewayClient) -> str | None:
    """Return the DIN that a gateway's own meters carry, if it lists any."""
    try:
        meters = await client.meters()
    except GatewayError:
        # Only the DIN is missed, and the address stands in for it.
        return None
    return next((meter.din for meter in meters if meter.din), None)


def _errors(err: GatewayError) -> dict[str, str]:
    message = _MESSAGES.get(type(err), "not_a_gateway")
    return {CONF_HOST if isinstance(err, InvalidAddressError) else "base": message}
