"""Login of a config flow: prove which gateway answers before its password is sent."""

from dataclasses import replace

from homeassistant.config_entries import (
    SOURCE_REAUTH,
    SOURCE_RECONFIGURE,
    ConfigEntry,
    ConfigEntryState,
    ConfigFlow,
)
from homeassistant.data_entry_flow import AbortFlow

from .const import CONF_CLIENT_STATE, CONF_FINGERPRINT
from .dhcp import address_identity, find_certified
from .gateway import (
    Address,
    AnotherGatewayError,
    ClientState,
    CoolDown,
    GatewayClient,
    Transport,
    TryLaterError,
    is_din,
)
from .identity import read_din, read_listed_din
from .probe import require_answers
from .runtime_data import GatewayConfigEntry
from .session import SharedResolver, create_session


class LoginFlow(ConfigFlow):
    """Config flow that logs in to a gateway, and respects its cool-downs."""

    def __init__(self) -> None:
        """Initialize the flow without any cool-down."""
        self._cool_downs: dict[Address, CoolDown] = {}

    async def _log_in(
        self, address: Address, fingerprint: str, password: str
    ) -> ClientState:
        """Log in to the gateway at an address and return the client's state.

        Aborts the flow for a gateway that is already set up, before a password is
        sent. Raises GatewayError.
        """
        async with create_session(SharedResolver(self.hass)) as session:
            client = GatewayClient(
                Transport(session, address, fingerprint),
                password,
                state=ClientState(cool_down=self._cool_down(address)),
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
                self._store_cool_down(address, client.state.cool_down)
                raise
            return client.state

    def _cool_down(self, address: Address) -> CoolDown:
        """Return the known cool-down of the gateway at an address."""
        if (entry := self._own_entry) is None:
            return self._cool_downs.get(address, CoolDown())
        return ClientState.from_dict(entry.data.get(CONF_CLIENT_STATE, {})).cool_down

    def _store_cool_down(self, address: Address, cool_down: CoolDown) -> None:
        """Store a cool-down so that this flow and the entry's client respect it."""
        if (entry := self._own_entry) is None:
            self._cool_downs[address] = cool_down
        elif entry.state is ConfigEntryState.LOADED:
            entry.runtime_data.client.begin_cool_down(cool_down)
        else:
            state = ClientState.from_dict(entry.data.get(CONF_CLIENT_STATE, {}))
            state = replace(state, cool_down=cool_down)
            self.hass.config_entries.async_update_entry(
                entry, data={**entry.data, CONF_CLIENT_STATE: state.as_dict()}
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
