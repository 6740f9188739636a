"""Start Home Assistant with fewer of its default components.

    python -m demo.reduced_home_assistant <arguments of "python -m homeassistant">

Everything else is Home Assistant as released. What is left out calls the internet
by itself (marketplace, analytics) or asks for packages that no machine can get
without a compiler (voice assistant, cameras).
"""

from functools import cache
from importlib import import_module
import sys
from types import ModuleType

from homeassistant import __main__ as home_assistant, bootstrap
from homeassistant.helpers import service

KEPT = {
    "application_credentials",
    "automation",
    "backup",
    "battery",
    "binary_sensor",
    "brands",
    "counter",
    "frontend",
    "hardware",
    "input_boolean",
    "input_button",
    "input_datetime",
    "input_number",
    "input_select",
    "input_text",
    "labs",
    "logger",
    "network",
    "notify",
    "person",
    "power",
    "scene",
    "schedule",
    "script",
    "sensor",
    "switch",
    "system_health",
    "tag",
    "timer",
    "update",
    "zone",
}

# Components whose features may be named by the actions of those above. Home Assistant
# would import the voice assistant and cameras too.
WITH_FEATURES = (
    "alarm_control_panel",
    "calendar",
    "climate",
    "cover",
    "fan",
    "humidifier",
    "light",
    "lock",
    "media_player",
    "notify",
    "remote",
    "siren",
    "todo",
    "update",
    "vacuum",
    "water_heater",
)


def _with_features() -> dict[str, ModuleType]:
    return {
        name: import_module(f"homeassistant.components.{name}")
        for name in WITH_FEATURES
    }


if __name__ == "__main__":
    bootstrap.DEFAULT_INTEGRATIONS.intersection_update(KEPT)
    service._base_components = cache(_with_features)  # noqa: SLF001
    sys.exit(home_assistant.main())
