"""Whether the meters can be read, what each CT is for, and what the checks of wiring say."""

from demo.cards import Card, changes, heading, section, states, text, those_on
from demo.registry import Device, Entity, Registry

from .locations import METER_ICON

# Of a CT these say what it is set up as; the other binary sensors are on for a problem.
CONFIGURATION = ("_valid", "_inverted")
REPAIRS = """\
{% set repairs = issues() | select("contains", "tesla_gateway_meters") | list %}
{% set problems = integration_entities("tesla_gateway_meters")
   | select("is_state_attr", "device_class", "problem") | select("is_state", "on") | list %}
{% if repairs %}<ha-alert alert-type="warning">{{ repairs | count }} to look at: \
[Repairs](/config/repairs) has meter, CT and phase in words.</ha-alert>
{% elif problems %}<ha-alert alert-type="info">If it lasts, a repair will say more.</ha-alert>
{% else %}<ha-alert alert-type="success">Nothing to repair.</ha-alert>{% endif %}
"""
ABOUT = """\
Type **{{{{ device_attr("{entity}", "model") }}}}**
{{%- for name, key in [("serial", "serial_number"), ("firmware", "sw_version")]
   if device_attr("{entity}", key) %}}, {{{{ name }}}} **{{{{ device_attr("{entity}", key) }}}}**
{{%- endfor %}}
"""


def sections(registry: Registry) -> list[Card]:
    """Return what is wrong and what has changed, and a section for each device."""
    flags = [
        each
        for each in sorted(registry.entities, key=lambda each: each.entity_id)
        if each.diagnostic and each.domain == "binary_sensor"
    ]
    if not flags:
        return []
    problems = {
        each.entity_id: f"{registry.devices[each.device_id].name}: {each.name}"
        for each in flags
        if not each.unique_id.endswith(CONFIGURATION)
    }
    # Two remote meters have one name, and so one section.
    named: dict[str, list[Entity]] = {}
    for device, entities in sorted(registry.by_device(), key=_is_meter):
        own = [each for each in entities if each.diagnostic]
        if own:
            named.setdefault(device.name, []).extend(own)
    devices = [
        section(heading(name, METER_ICON), *_about(registry, own), _list(own))
        for name, own in named.items()
    ]
    return [
        section(
            heading("Problems", "mdi:alert-circle-outline"),
            text(REPAIRS),
            those_on(problems),
            heading("Changes of the day", "mdi:history", "subtitle"),
            changes([each.entity_id for each in flags]),
        ),
        *devices,
    ]


def _is_meter(device: tuple[Device, list[Entity]]) -> bool:
    """Tell it from a location, which is no thing that has a type and a serial number."""
    return device[0].model is not None


def _about(registry: Registry, entities: list[Entity]) -> list[Card]:
    """Return type, serial number and firmware of each meter among the entities' devices."""
    first: dict[str, str] = {}
    for each in sorted(entities, key=lambda each: each.entity_id):
        if registry.devices[each.device_id].model:
            first.setdefault(each.device_id, each.entity_id)
    return [text(ABOUT.format(entity=entity)) for entity in first.values()]


def _list(entities: list[Entity]) -> Card:
    ordered = sorted(entities, key=lambda each: (each.name, each.entity_id))
    return states({each.entity_id: each.name for each in ordered})
