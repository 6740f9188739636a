"""A store that tolerates damaged files: their content never fails a set-up or a poll."""

from collections.abc import Callable, Mapping
from contextlib import suppress
import math
from pathlib import Path
from typing import Any, Final, override

from homeassistant.core import HomeAssistant
from homeassistant.helpers.storage import Store
from homeassistant.util.hass_dict import HassKey

from ..const import DOMAIN, LOGGER

# More than any stored energy (Wh) or time (s) can be.
_LARGEST: Final = 1e15

# The stores whose invalid file could not be set aside: each is logged once.
_REPORTED: Final[HassKey[set[str]]] = HassKey(f"{DOMAIN}_invalid_stores")


class CheckedStore[DataT: Mapping[str, Any]](Store[DataT]):
    """A store of a JSON object that sets an invalid file aside and loads nothing then.

    The file is kept as `<name>.invalid`; one that is not JSON is kept by Home Assistant
    itself, as `<name>.corrupt.<time>`. Writes are atomic, so that a loss of power leaves
    the previous file.
    """

    def __init__(
        self,
        hass: HomeAssistant,
        version: int,
        key: str,
        *,
        is_valid: Callable[[DataT], bool] = bool,
        minor_version: int = 1,
    ) -> None:
        """Store under a key; `is_valid` checks the JSON object that was read."""
        super().__init__(
            hass, version, key, atomic_writes=True, minor_version=minor_version
        )
        self._is_valid = is_valid

    @override
    async def async_load(self) -> DataT | None:
        """Return the data, None if there is no file or it is invalid."""
        try:
            data: object = await super().async_load()
            if data is None or data == {}:
                return None
            if isinstance(data, dict) and self._is_valid(data):  # type: ignore[arg-type]
                return data  # type: ignore[return-value]
            reason = "unexpected data"
        # A damaged file makes Home Assistant raise anything, as may a migration.
        except Exception as err:  # noqa: BLE001
            reason = type(err).__name__
        await self._set_aside(reason)
        return None

    @override
    async def async_remove(self) -> None:
        """Delete the file, and one that was set aside."""
        try:
            await super().async_remove()
        except OSError as err:
            LOGGER.warning("Cannot delete %s: %s", self.path, err.strerror)
        with suppress(OSError):
            await self.hass.async_add_executor_job(self._aside.unlink)

    @property
    def _aside(self) -> Path:
        return Path(f"{self.path}.invalid")

    async def _set_aside(self, reason: str) -> None:
        try:
            await self.hass.async_add_executor_job(Path(self.path).replace, self._aside)
        except OSError:
            reported = self.hass.data.setdefault(_REPORTED, set())
            if self.key not in reported:
                reported.add(self.key)
                LOGGER.warning("Ignoring invalid stored data: %s", reason)
        else:
            LOGGER.warning(
                "Ignoring invalid stored data: %s. It is kept as %s",
                reason,
                self._aside,
            )


def read_records[RecordT](
    stored: Mapping[str, Any], read: Callable[[Mapping[str, Any]], RecordT]
) -> tuple[dict[str, RecordT], list[str]]:
    """Return the records that are valid, by key, and the keys of the others.

    `read` parses one record, and raises TypeError, KeyError or ValueError for an
    invalid one. Numbers that are not finite, or absurdly large, are invalid too.
    """
    records: dict[str, RecordT] = {}
    invalid: list[str] = []
    for key, data in stored.items():
        try:
            if not isinstance(data, dict) or not _is_plausible(data):
                raise TypeError("not a record")  # noqa: TRY301 - one way to be invalid
            records[key] = read(data)
        except KeyError, TypeError, ValueError, OverflowError, RecursionError:
            invalid.append(key)
    return records, invalid


def _is_plausible(data: object) -> bool:
    """Return whether all numbers in stored data are finite and of a plausible size."""
    match data:
        case int() | float():
            return math.isfinite(data) and abs(data) < _LARGEST
        case dict():
            return all(map(_is_plausible, data.values()))
        case list():
            return all(map(_is_plausible, data))
    return True
