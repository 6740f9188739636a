"""Paths of the gateway's API."""

from enum import StrEnum
from typing import Final


class Endpoint(StrEnum):
    """An endpoint that is polled."""

    AGGREGATES = "/api/meters/aggregates"
    SITE = "/api/meters/site"
    SOLAR = "/api/meters/solar"
    STATE_OF_CHARGE = "/api/system_status/soe"
    GRID_STATUS = "/api/system_status/grid_status"
    METERS = "/api/meters"
    READINGS = "/api/meters/readings"
    STATUS = "/api/status"


LOGIN: Final = "/api/login/Basic"
