"""A car in the demo's home: its charger, and the automation that charges it.

The charger's entities are templates, which ask and set the simulated charger through the
simulator's control port. The automation is made of the blueprint, as a person would.
"""

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
import shutil
from string import Template
from typing import Any, Final

from aiohttp import ClientSession

from .home_assistant import ApiError, HomeAssistant
from .registry import Registry

BLUEPRINT: Final = "tesla_gateway_meters/charge_car.yaml"
BLUEPRINTS: Final = Path(__file__).parents[2] / "blueprints" / "automation"
CURRENT: Final = "number.car_charging_current"
SWITCH: Final = "switch.car_charging"
POWER: Final = "sensor.car_charging_power"
AUTOMATION: Final = "automation.charge_the_car"
_AUTOMATION_PATH: Final = "/api/config/automation/config/demo_car"

_CONFIGURATION: Final = Template("""\
automation: !include automations.yaml
rest_command:
  charger:
    url: $url/charger
  set_charger:
    url: $url/charger
    method: post
    payload: "{{ fields | to_json }}"
template:
  - triggers:
      # The only one: while its actions run, a second one has none of what they bring.
      - trigger: time_pattern
        seconds: "/5"
    actions:
      - action: rest_command.charger
        response_variable: answer
      - variables:
          charger: "{{ answer.content }}"
    number:
      - name: Car charging current
        unique_id: demo_car_current
        state: "{{ charger.current if charger is defined else none }}"
        min: $minimum
        max: $maximum
        step: 1
        unit_of_measurement: A
        set_value:
          - action: rest_command.set_charger
            data:
              fields: { current: "{{ value }}" }
    switch:
      - name: Car charging
        unique_id: demo_car_switch
        state: "{{ charger.on if charger is defined else none }}"
        turn_on:
          - action: rest_command.set_charger
            data:
              fields: { "on": true }
        turn_off:
          - action: rest_command.set_charger
            data:
              fields: { "on": false }
    sensor:
      - name: Car charging power
        unique_id: demo_car_power
        state: "{{ charger.power if charger is defined else none }}"
        device_class: power
        state_class: measurement
        unit_of_measurement: W
""")


@dataclass(frozen=True, slots=True, kw_only=True)
class Charger:
    """A charger's phases, V of each, and lowest and highest current (A)."""

    phases: int
    volts: float
    minimum: float
    maximum: float


def write_configuration(folder: Path, control_url: str, charger: Charger) -> str:
    """Copy the blueprint, and return the configuration of the charger."""
    target = folder / "blueprints" / "automation" / BLUEPRINT
    target.parent.mkdir(parents=True, exist_ok=True)
    automations = folder / "automations.yaml"
    if not automations.exists():
        automations.write_text("[]\n")
    shutil.copyfile(BLUEPRINTS / BLUEPRINT, target)
    return _CONFIGURATION.substitute(
        url=control_url, minimum=charger.minimum, maximum=charger.maximum
    )


async def automate(
    home_assistant: HomeAssistant, registry: Registry, charger: Charger
) -> None:
    """Create the automation, unless it is there."""
    with suppress(ApiError):
        await home_assistant.request("GET", _AUTOMATION_PATH)
        return
    await home_assistant.request(
        "POST",
        _AUTOMATION_PATH,
        json={
            "alias": "Charge the car",
            "use_blueprint": {"path": BLUEPRINT, "input": _inputs(registry, charger)},
        },
    )


def available_power(registry: Registry) -> str | None:
    """Return the power that the car may have; without a battery, surplus is export."""
    return registry.find("site_solar_surplus") or registry.find("site_export_power")


def _inputs(registry: Registry, charger: Charger) -> dict[str, Any]:
    """Return the inputs of the blueprint, with short times."""
    return {
        "left_over": available_power(registry),
        "missing": registry.find_all("site_power", "battery_power"),
        "current": CURRENT,
        "switch": SWITCH,
        "car_power": POWER,
        "phases": str(charger.phases),
        "voltage": round(charger.volts),
        "maximum": charger.maximum,
        "up_after": 30,
        "start_after": 0.3,
        "minimum_run": 1,
        "minimum_pause": 0.5,
    }


async def charger_of(control_url: str) -> Charger:
    """Return what the simulated charger says of itself."""
    async with (
        ClientSession() as session,
        session.get(f"{control_url}/charger") as answer,
    ):
        state = await answer.json()
        fields = ("phases", "volts", "minimum", "maximum")
        return Charger(**{each: state[each] for each in fields})
