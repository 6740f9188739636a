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
)
from .options import NUMBERS
from .processing.surplus import Watched

# Sections of the form; the options themselves are stored without them.
NOISE_FLOORS: Final = "noise_floors"
SUSTAINED_EXPORT: Final = "sustained_export"
OPTIONS: Final = frozenset({*NUMBERS, CONF_WATCHED})


def _number(key: str, unit: str) -> dict[vol.Required, NumberSelector]:
    """Return the field of a number."""
    # Without a range: if a value is out of it, the frontend would hide the field's help,
    # and show an error in English.
    selector = NumberSelectorConfig(
        step=1, mode=NumberSelectorMode.BOX, unit_of_measurement=unit
    )
    return {vol.Required(key, default=NUMBERS[key].default): NumberSelector(selector)}


_NOISE_FLOORS = vol.Schema(
    _number(CONF_SOLAR_FLOOR, UnitOfPower.WATT)
    | _number(CONF_GRID_FLOOR, UnitOfPower.WATT)
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
        **_number(CONF_ON_ABOVE, UnitOfPower.WATT),
        **_number(CONF_ON_DELAY, UnitOfTime.SECONDS),
        **_number(CONF_OFF_BELOW, UnitOfPower.WATT),
        **_number(CONF_OFF_DELAY, UnitOfTime.SECONDS),
    }
)
_SCHEMA = vol.Schema(
    {
        **_number(CONF_LIVE_INTERVAL, UnitOfTime.SECONDS),
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
        for name, number in NUMBERS.items()
        if not number.lowest <= values[name] <= number.highest
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
