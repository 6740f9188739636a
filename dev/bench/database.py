"""The recorder's database in a benchmark: rows by kind of entity, and its size."""

from collections import Counter
from collections.abc import Callable

from homeassistant.components.recorder import get_instance
from homeassistant.components.recorder.db_schema import States, StatesMeta
from homeassistant.components.recorder.util import session_scope
from homeassistant.const import ATTR_DEVICE_CLASS
from homeassistant.core import HomeAssistant
from sqlalchemy import func, text
from sqlalchemy.orm import Session

# Of an entity without a device class, or one whose class is not listed here.
OTHER = "other"
# The kinds that the page shows, by device class.
KINDS = ("power", "energy", "current", "voltage", "frequency", "battery")


async def rows_by_entity(hass: HomeAssistant) -> dict[str, int]:
    """Return the number of recorded states of each entity."""

    def count(session: Session) -> dict[str, int]:
        rows = (
            session.query(StatesMeta.entity_id, func.count(States.state_id))
            .join(States, States.metadata_id == StatesMeta.metadata_id)
            .group_by(StatesMeta.entity_id)
        )
        return {str(entity_id): int(number) for entity_id, number in rows}

    return await _query(hass, count)


async def rows_by_kind(hass: HomeAssistant) -> dict[str, int]:
    """Return the number of recorded states by kind of entity, of those in `KINDS`."""
    counted: Counter[str] = Counter()
    for entity_id, number in (await rows_by_entity(hass)).items():
        state = hass.states.get(entity_id)
        kind = None if state is None else state.attributes.get(ATTR_DEVICE_CLASS)
        counted[kind if kind in KINDS else OTHER] += number
    return dict(counted)


async def size(hass: HomeAssistant) -> int:
    """Return the bytes of the database's pages in use, without those of statistics runs."""

    def used(session: Session) -> int:
        pages, free, page = (
            int(session.execute(text(f"PRAGMA {name}")).scalar_one())
            for name in ("page_count", "freelist_count", "page_size")
        )
        return (pages - free) * page

    return await _query(hass, used)


async def _query[T](hass: HomeAssistant, query: Callable[[Session], T]) -> T:
    """Return the result of a query once all that happened is written."""
    recorder = get_instance(hass)
    await recorder.async_block_till_done()

    def run() -> T:
        with session_scope(hass=hass, read_only=True) as session:
            return query(session)

    return await recorder.async_add_executor_job(run)
