"""What a person may choose about an entry that works without a choice."""

from typing import Any

from homeassistant.config_entries import ConfigFlowResult, OptionsFlowWithReload
from homeassistant.const import UnitOfTime
from homeassistant.helpers.selector import (
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
)
import voluptuous as vol

from .const import (
    CONF_LIVE_INTERVAL,
    LIVE_INTERVAL,
    LONGEST_LIVE_INTERVAL,
    SHORTEST_LIVE_INTERVAL,
)

_SCHEMA = vol.Schema(
    {
        vol.Required(
            CONF_LIVE_INTERVAL, default=LIVE_INTERVAL.total_seconds()
        ): NumberSelector(
            NumberSelectorConfig(
                min=SHORTEST_LIVE_INTERVAL.total_seconds(),
                max=LONGEST_LIVE_INTERVAL.total_seconds(),
                step=1,
                mode=NumberSelectorMode.BOX,
                unit_of_measurement=UnitOfTime.SECONDS,
            )
        )
    }
)


class GatewayOptionsFlow(OptionsFlowWithReload):
    """Asks how often the gateway is asked."""

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
