"""What the modules of this integration share."""

from datetime import timedelta
import logging
from typing import Final

DOMAIN: Final = "tesla_gateway_meters"
LOGGER: Final = logging.getLogger(__package__)

LIVE_INTERVAL: Final = timedelta(seconds=10)
SLOW_INTERVAL: Final = timedelta(minutes=5)
