"""Start Home Assistant with fewer of its default components.

    python -m demo.lean <arguments of "python -m homeassistant">

Everything else is Home Assistant as released. What is left out calls the internet
by itself (marketplace, analytics) or asks for packages that no machine can get
without a compiler (the voice assistant).
"""

import sys

from homeassistant import __main__ as home_assistant, bootstrap

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

if __name__ == "__main__":
    bootstrap.DEFAULT_INTEGRATIONS.intersection_update(KEPT)
    sys.exit(home_assistant.main())
