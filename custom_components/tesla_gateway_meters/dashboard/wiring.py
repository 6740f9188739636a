"""The page of the wiring: repair issues, the state of each check, and the CTs of each meter."""

from collections.abc import Sequence
from typing import Final

from .cards import Card, active_sensors, changes, heading, section, states, text
from .home import Device, Entity, Home
from .locations import METER_ICON

# `issues()` also has those that the user ignores. Their ids contain that of the entry.
_STATE: Final = """\
{{% set entry = config_entry_id("{first}") or "none" %}}
{{% set checks = {checks} %}}
{{% set ns = namespace(open=0, ignored=0) %}}
{{% for (domain, id), issue in issues().items()
   if domain == "tesla_gateway_meters" and entry in id %}}
{{% if issue.dismissed_version %}}{{% set ns.ignored = ns.ignored + 1 %}}
{{% else %}}{{% set ns.open = ns.open + 1 %}}{{% endif %}}
{{% endfor %}}
{{% set on = checks | select("is_state", "on") | list | count %}}
{{% set off = checks | select("is_state", "off") | list | count %}}
{{% set undecided = checks | select("is_state", "unknown") | list | count %}}
{{% set missing = checks | count - on - off - undecided %}}
{{% if ns.open %}}<ha-alert alert-type="warning">{open}</ha-alert>
{{% elif on %}}<ha-alert alert-type="info">{on}</ha-alert>
{{% elif off and not ns.ignored %}}<ha-alert alert-type="success">{off}</ha-alert>
{{% endif %}}
{{% if ns.ignored %}}<ha-alert alert-type="info">{ignored}</ha-alert>
{{% endif %}}
{{% if missing %}}<ha-alert alert-type="warning">{missing}</ha-alert>
{{% endif %}}
{{% if undecided %}}<ha-alert alert-type="info">{undecided}</ha-alert>
{{% endif %}}
"""
_ABOUT: Final = """\
**{{{{ device_attr("{entity}", "model") }}}}**
{{%- if device_attr("{entity}", "serial_number") %}}, {serial}: \
**{{{{ device_attr("{entity}", "serial_number") }}}}**{{% endif %}}
{{%- if device_attr("{entity}", "sw_version") %}}, {firmware}: \
**{{{{ device_attr("{entity}", "sw_version") }}}}**{{% endif %}}
"""


# The ends of the keys of checks that need a meter or phases.
_OF_METERS: Final = ("_reading_problem", "_l1", "_l2", "_l3")


def sections(home: Home) -> list[Card]:
    """Return the problems and their changes, and a section for each device."""
    diagnostic = [each for each in home.entities.values() if each.is_diagnostic]
    checks = [each for each in diagnostic if each.is_problem]
    if not checks:
        return []
    names = {
        each.entity_id: f"{home.device_name(each)}: {each.name}" for each in checks
    }
    binary = [
        each.entity_id
        for each in diagnostic
        if each.entity_id.startswith("binary_sensor.")
    ]
    return [
        section(
            heading(home.text("problems"), "mdi:alert-circle-outline"),
            text(state(home, checks)),
            *([] if _has_meters(checks) else [text(home.text("few_checks"))]),
            active_sensors(names),
            heading(home.text("changes"), "mdi:history", "subtitle"),
            changes(binary),
        ),
        *(
            section(heading(device.name, METER_ICON), *_about(home, device, own))
            for device in home.devices.values()
            if (own := [each for each in diagnostic if each.device_id == device.id])
        ),
    ]


def state(home: Home, checks: Sequence[Entity]) -> str:
    """Return the template of the alerts: issues, problems and missing checks."""
    return _STATE.format(
        first=checks[0].entity_id,
        checks=[each.entity_id for each in checks],
        open=home.text("issues_open", count="{{ ns.open }}"),
        ignored=home.text("issues_ignored", count="{{ ns.ignored }}"),
        on=home.text("problem_found", count="{{ on }}"),
        off=home.text("no_problem", count="{{ off }}"),
        undecided=home.text("too_little_data", count="{{ undecided }}"),
        missing=home.text("not_checked", count="{{ missing }}"),
    )


def _has_meters(checks: Sequence[Entity]) -> bool:
    """Return whether any check needs a meter or a phase, not just totals."""
    return any(each.key.endswith(_OF_METERS) for each in checks)


def _about(home: Home, device: Device, entities: Sequence[Entity]) -> list[Card]:
    """Return a meter's type, serial number and firmware, and the states of its entities."""
    about = (
        []
        if device.model is None
        else [
            text(
                _ABOUT.format(
                    entity=entities[0].entity_id,
                    serial=home.text("serial"),
                    firmware=home.text("firmware"),
                )
            )
        ]
    )
    ordered = sorted(entities, key=lambda each: (each.name, each.entity_id))
    return [*about, states({each.entity_id: each.name for each in ordered})]
