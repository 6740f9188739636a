"""Open issues about meters and wiring."""

from collections.abc import Iterator

from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir

from custom_components.tesla_gateway_meters.const import DOMAIN

KINDS = (
    "ct_changed",
    "ct_disagreement",
    "reading_fault",
    "reading_fault_unlisted",
    "low_power_factor",
    "low_power_factor_solar",
    "negative_solar",
    "negative_solar_total",
    "import_follows_solar",
    "negative_load",
    "measures_nothing",
    "measures_nothing_else",
    "voltages_apart",
    "dead_phase",
)


def present_issues(hass: HomeAssistant) -> Iterator[tuple[str, str]]:
    """Yield the translation keys and placeholders of active issues."""
    for (domain, _), issue in ir.async_get(hass).issues.items():
        if domain == DOMAIN and issue.active and issue.translation_key in KINDS:
            yield str(issue.translation_key), str(issue.translation_placeholders)
