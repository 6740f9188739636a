"""The structure of a row."""

from dataclasses import dataclass

from homeassistant.helpers.entity import Entity, EntityDescription

from custom_components.tesla_gateway_meters.gateway import Endpoint


@dataclass(frozen=True, slots=True)
class Missing:
    """The state for a value that the gateway omits, in words and as a state.

    Without a state it is the one of before.
    """

    text: str
    state: str | None


UNKNOWN = Missing("unknown", "unknown")
UNAVAILABLE = Missing("unavailable", "unavailable")
AS_BEFORE = Missing("stays as it was", None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """Facts of a measure that its description does not contain.

    `fields` are the keys in the JSON of the endpoint, as paths. Without `simulated`
    no profile of the simulator gives the value.
    """

    fields: tuple[str, ...]
    sign: str = "-"
    missing: Missing = UNKNOWN
    simulated: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A row of entities that differ only in location, meter, phase or CT.

    `descriptions` are those of the integration that any of them has; `part` is what
    their unique ids go on with after the gateway, if all have it. `at` names the
    locations if the table does not, and `default` says when they are on, if that
    depends.
    """

    platform: str
    descriptions: tuple[EntityDescription, ...]
    endpoints: tuple[Endpoint, ...]
    fact: Fact
    part: str = ""
    at: str = ""
    default: str = ""

    @property
    def description(self) -> EntityDescription:
        """The description of the row's first entity."""
        return self.descriptions[0]

    def is_about(self, entity: Entity, identity: str) -> bool:
        """Return whether an entity of the gateway with this identity belongs to the row."""
        unique_id = (entity.unique_id or "").removeprefix(f"{identity}_")
        return entity.entity_description in self.descriptions and unique_id.startswith(
            self.part
        )
