"""Options flow: poll interval, noise floors and sustained export."""

from typing import Any

from homeassistant.config_entries import ConfigFlowResult, OptionsFlowWithReload
from homeassistant.const import UnitOfPower, UnitOfTime
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


def _number(lowest: float, highest: float, unit: str) -> NumberSelector:
    return NumberSelector(
        NumberSelectorConfig(
            min=lowest,
            max=highest,
            step=1,
            mode=NumberSelectorMode.BOX,
            unit_of_measurement=unit,
        )
    )


_THRESHOLD = _number(0, HIGHEST_THRESHOLD, UnitOfPower.WATT)
_DELAY = _number(0, LONGEST_DELAY, UnitOfTime.SECONDS)
_FLOOR = _number(0, HIGHEST_FLOOR, UnitOfPower.WATT)
_SCHEMA = vol.Schema(
    {
        vol.Required(
            CONF_LIVE_INTERVAL, default=LIVE_INTERVAL.total_seconds()
        ): _number(
            SHORTEST_LIVE_INTERVAL.total_seconds(),
            LONGEST_LIVE_INTERVAL.total_seconds(),
            UnitOfTime.SECONDS,
        ),
        vol.Required(CONF_SOLAR_FLOOR, default=0): _FLOOR,
        vol.Required(CONF_GRID_FLOOR, default=0): _FLOOR,
        vol.Required(CONF_WATCHED, default=Watched.EXPORT.value): SelectSelector(
            SelectSelectorConfig(
                options=[each.value for each in Watched],
                mode=SelectSelectorMode.DROPDOWN,
                translation_key=CONF_WATCHED,
            )
        ),
        vol.Required(CONF_ON_ABOVE, default=ON_ABOVE): _THRESHOLD,
        vol.Required(CONF_ON_DELAY, default=ON_DELAY): _DELAY,
        vol.Required(CONF_OFF_BELOW, default=OFF_BELOW): _THRESHOLD,
        vol.Required(CONF_OFF_DELAY, default=OFF_DELAY): _DELAY,
    }
)


class GatewayOptionsFlow(OptionsFlowWithReload):
    """Options flow of a gateway; every option has a default."""

    async def async_step_init(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for the options, and store them."""
        errors: dict[str, str] = {}
        if user_input is not None:
            if user_input[CONF_OFF_BELOW] <= user_input[CONF_ON_ABOVE]:
                return self.async_create_entry(data=user_input)
            errors[CONF_OFF_BELOW] = "off_above_on"
        return self.async_show_form(
            step_id="init",
            data_schema=self.add_suggested_values_to_schema(
                _SCHEMA, user_input or self.config_entry.options
            ),
            errors=errors,
        )
