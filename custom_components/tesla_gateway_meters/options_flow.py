"""What a person may choose about an entry that works without a choice."""

from typing import Any

from homeassistant.config_entries import ConfigFlowResult, OptionsFlowWithReload
from homeassistant.const import UnitOfPower, UnitOfTime
from homeassistant.helpers.selector import (
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
)
import voluptuous as vol

from .const import (
    CONF_GRID_FLOOR,
    CONF_LIVE_INTERVAL,
    CONF_SOLAR_FLOOR,
    HIGHEST_FLOOR,
    LIVE_INTERVAL,
    LONGEST_LIVE_INTERVAL,
    SHORTEST_LIVE_INTERVAL,
)


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
    }
)


class GatewayOptionsFlow(OptionsFlowWithReload):
    """Asks how often the gateway is asked, and what counts as noise."""

    async def async_step_init(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Show the options, and take over what was chosen."""
        if user_input is not None:
            return self.async_create_entry(data=user_input)
        return self.async_show_form(
            step_id="init",
            data_schema=self.add_suggested_values_to_schema(
                _SCHEMA, self.config_entry.options
            ),
        )
