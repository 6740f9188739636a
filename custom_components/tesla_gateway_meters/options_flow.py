"""Options flow: poll interval, noise floors and sustained export."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from homeassistant.config_entries import ConfigFlowResult, OptionsFlowWithReload
from homeassistant.const import UnitOfPower, UnitOfTime
from homeassistant.data_entry_flow import section
from homeassistant.helpers.selector import (
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
)
import voluptuous as vol

from .const import (
    CONF_GRID_FLOOR,
    CONF_LIVE_INTERVAL,
    CONF_OFF_BELOW,
    CONF_OFF_DELAY,
    CONF_ON_ABOVE,
    CONF_ON_DELAY,
    CONF_SOLAR_FLOOR,
    CONF_WATCHED,
    HIGHEST_FLOOR,
    HIGHEST_THRESHOLD,
    LIVE_INTERVAL,
    LONGEST_DELAY,
    LONGEST_LIVE_INTERVAL,
    OFF_BELOW,
    OFF_DELAY,
    ON_ABOVE,
    ON_DELAY,
    SHORTEST_LIVE_INTERVAL,
)
from .processing.surplus import Watched

# Sections of the form; the options themselves are stored without them.
NOISE_FLOORS: Final = "noise_floors"
SUSTAINED_EXPORT: Final = "sustained_export"


# The lowest and the highest value of each number. Selectors do not get these: the
# frontend would hide the help of a wrong value, and show an error in English.
_RANGES: Final = {
    CONF_LIVE_INTERVAL: (
        SHORTEST_LIVE_INTERVAL.total_seconds(),
        LONGEST_LIVE_INTERVAL.total_seconds(),
    ),
    CONF_SOLAR_FLOOR: (0, HIGHEST_FLOOR),
    CONF_GRID_FLOOR: (0, HIGHEST_FLOOR),
    CONF_ON_ABOVE: (0, HIGHEST_THRESHOLD),
    CONF_ON_DELAY: (0, LONGEST_DELAY),
    CONF_OFF_BELOW: (0, HIGHEST_THRESHOLD),
    CONF_OFF_DELAY: (0, LONGEST_DELAY),
}

OPTIONS: Final = frozenset({*_RANGES, CONF_WATCHED})


def _number(unit: str) -> NumberSelector:
    return NumberSelector(
        NumberSelectorConfig(
            step=1, mode=NumberSelectorMode.BOX, unit_of_measurement=unit
        )
    )


_POWER = _number(UnitOfPower.WATT)
_TIME = _number(UnitOfTime.SECONDS)
_NOISE_FLOORS = vol.Schema(
    {
        vol.Required(CONF_SOLAR_FLOOR, default=0): _POWER,
        vol.Required(CONF_GRID_FLOOR, default=0): _POWER,
    }
)
_SUSTAINED_EXPORT = vol.Schema(
    {
        vol.Required(CONF_WATCHED, default=Watched.EXPORT.value): SelectSelector(
            SelectSelectorConfig(
                options=[each.value for each in Watched],
                mode=SelectSelectorMode.DROPDOWN,
                translation_key=CONF_WATCHED,
            )
        ),
        vol.Required(CONF_ON_ABOVE, default=ON_ABOVE): _POWER,
        vol.Required(CONF_ON_DELAY, default=ON_DELAY): _TIME,
        vol.Required(CONF_OFF_BELOW, default=OFF_BELOW): _POWER,
        vol.Required(CONF_OFF_DELAY, default=OFF_DELAY): _TIME,
    }
)
_SCHEMA = vol.Schema(
    {
        vol.Required(CONF_LIVE_INTERVAL, default=LIVE_INTERVAL.total_seconds()): _TIME,
        vol.Required(NOISE_FLOORS): section(_NOISE_FLOORS),
        vol.Required(SUSTAINED_EXPORT): section(_SUSTAINED_EXPORT),
    }
)


class GatewayOptionsFlow(OptionsFlowWithReload):
    """Options flow of a gateway; every option has a default."""

    async def async_step_init(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for the options, and store them."""
        errors: dict[str, str] = {}
        values: Mapping[str, Any] = self.config_entry.options
        if user_input is not None:
            values = dict(_without_sections(user_input))
            errors = _errors(values)
            if not errors:
                return self.async_create_entry(data=values)
        return self.async_show_form(
            step_id="init",
            data_schema=self.add_suggested_values_to_schema(
                _SCHEMA, {**values, NOISE_FLOORS: values, SUSTAINED_EXPORT: values}
            ),
            errors=errors,
        )


def _without_sections(fields: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield the names and values of all fields, including those in sections."""
    for name, value in fields.items():
        if isinstance(value, Mapping):
            yield from value.items()
        else:
            yield name, value


def _errors(values: Mapping[str, Any]) -> dict[str, str]:
    """Return the errors by field, or by section: its fields cannot show any."""
    wrong = {
        name
        for name, (lowest, highest) in _RANGES.items()
        if not lowest <= values[name] <= highest
    }
    errors = {}
    if CONF_LIVE_INTERVAL in wrong:
        errors[CONF_LIVE_INTERVAL] = "interval_out_of_range"
    if wrong & _NOISE_FLOORS.schema.keys():
        errors[NOISE_FLOORS] = "floor_out_of_range"
    if wrong & _SUSTAINED_EXPORT.schema.keys():
        errors[SUSTAINED_EXPORT] = "sustained_out_of_range"
    elif values[CONF_OFF_BELOW] > values[CONF_ON_ABOVE]:
        errors[SUSTAINED_EXPORT] = "off_above_on"
    return errors
