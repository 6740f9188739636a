"""Commands that write states and short-term statistics of the last day.

For the demo alone: 5-minute statistics, and states.
"""

from dataclasses import dataclass
from typing import Any, override

from homeassistant.components import websocket_api
from homeassistant.components.recorder import Recorder, get_instance
from homeassistant.components.recorder.db_schema import States, StatisticsShortTerm
from homeassistant.components.recorder.models import StatisticMeanType
from homeassistant.components.recorder.tasks import RecorderTask
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.recorder import session_scope
from homeassistant.helpers.typing import ConfigType
from sqlalchemy import insert, select
import voluptuous as vol

DOMAIN = "demo_past"
CONFIG_SCHEMA = cv.empty_config_schema(DOMAIN)


async def async_setup(hass: HomeAssistant, _: ConfigType) -> bool:
    """Register both commands."""
    websocket_api.async_register_command(hass, import_statistics)
    websocket_api.async_register_command(hass, import_states)
    return True


@websocket_api.require_admin
@websocket_api.websocket_command(
    {
        vol.Required("type"): "demo_past/import_statistics",
        vol.Required("metadata"): vol.Schema(
            {vol.Required("mean_type"): vol.Coerce(StatisticMeanType)},
            extra=vol.ALLOW_EXTRA,
        ),
        vol.Required("stats"): [
            vol.Schema({vol.Required("start"): cv.datetime}, extra=vol.ALLOW_EXTRA)
        ],
    }
)
@callback
def import_statistics(
    hass: HomeAssistant,
    connection: websocket_api.ActiveConnection,
    message: dict[str, Any],
) -> None:
    """Write 5-minute statistics; fields are those of `recorder/import_statistics`."""
    get_instance(hass).async_import_statistics(
        message["metadata"], message["stats"], StatisticsShortTerm
    )
    connection.send_result(message["id"])


@websocket_api.require_admin
@websocket_api.websocket_command(
    {
        vol.Required("type"): "demo_past/import_states",
        vol.Required("entity_id"): cv.entity_id,
        vol.Required("states"): list,
    }
)
@callback
def import_states(
    hass: HomeAssistant,
    connection: websocket_api.ActiveConnection,
    message: dict[str, Any],
) -> None:
    """Write states, pairs of Unix time and text, of an entity that has a state now."""
    get_instance(hass).queue_task(_States(message["entity_id"], message["states"]))
    connection.send_result(message["id"])


@dataclass(slots=True)
class _States(RecorderTask):
    """A task in the recorder's thread, after what was recorded before it."""

    entity_id: str
    states: list[tuple[float, str]]

    @override
    def run(self, instance: Recorder) -> None:
        with session_scope(session=instance.get_session()) as session:
            known = instance.states_meta_manager.get(self.entity_id, session, True)
            # What it shows now tells the unit, without which no state makes statistics.
            attributes = session.scalar(
                select(States.attributes_id)
                .where(States.metadata_id == known)
                .order_by(States.last_updated_ts.desc())
                .limit(1)
            )
            rows = [
                {
                    "metadata_id": known,
                    "attributes_id": attributes,
                    "state": text,
                    "last_updated_ts": time,
                }
                for time, text in self.states
            ]
            session.execute(insert(States), rows)
            # The recorder remembers how far its states go back.
            instance.states_manager.load_from_db(session)
