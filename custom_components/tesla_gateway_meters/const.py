"""Constants that the modules of this integration share."""

from datetime import timedelta
import logging
from typing import Final

DOMAIN: Final = "tesla_gateway_meters"
LOGGER: Final = logging.getLogger(__package__)

# In a config entry's data: the trusted certificate (SHA-256, hexadecimal), the state
# of the client, the entries and numbers of meters, and the versions and language
# that all entities were registered with.
CONF_FINGERPRINT: Final = "fingerprint"
CONF_CLIENT_STATE: Final = "memory"  # the stored key
CONF_METER_ENTRIES: Final = "meter_entries"
CONF_METER_NUMBERS: Final = "meter_numbers"
CONF_REGISTERED_BY: Final = "registered_by"

# In its options: seconds between two live polls, and powers below which 0 W is shown.
CONF_LIVE_INTERVAL: Final = "live_interval"
CONF_SOLAR_FLOOR: Final = "solar_floor"
CONF_GRID_FLOOR: Final = "grid_floor"

# When export counts as sustained: the power, thresholds (W) and delays (s).
CONF_WATCHED: Final = "sustained_watched"
CONF_ON_ABOVE: Final = "sustained_on_above"
CONF_OFF_BELOW: Final = "sustained_off_below"
CONF_ON_DELAY: Final = "sustained_on_delay"
CONF_OFF_DELAY: Final = "sustained_off_delay"

# Between two live polls that request all endpoints.
FULL_POLL_INTERVAL: Final = timedelta(seconds=30)
SLOW_INTERVAL: Final = timedelta(minutes=5)
