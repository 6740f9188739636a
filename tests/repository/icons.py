"""Rules of hassfest for icons.json."""

import re
from typing import Any

from .tree import Complaints, Repository

ICON = re.compile(r"mdi:[a-z0-9]+(-[a-z0-9]+)*")
SECTIONS = {"entity", "services"}


def icon_values(repository: Repository) -> Complaints:
    """Yield icons of another set, missing defaults, and states that look like it."""
    icons = repository.integration.json("icons.json")
    for section in sorted(icons.keys() - SECTIONS):
        yield f"icons.json has the unknown section {section}"
    for platform, entities in icons.get("entity", {}).items():
        for name, icon in entities.items():
            yield from _entity(f"{platform}.{name}", icon)
    for name, icon in icons.get("services", {}).items():
        if not isinstance(icon, dict) or set(icon) - {"service", "sections"}:
            yield f"services.{name} is more than an icon of the action"
        elif not ICON.fullmatch(icon.get("service", "")):
            yield f"services.{name} has no Material Design icon"


def _entity(name: str, icon: dict[str, Any]) -> Complaints:
    if unknown := sorted(icon.keys() - {"default", "range", "state"}):
        yield f"{name} has the unknown keys {unknown}"
    default = icon.get("default")
    if default is None:
        yield f"{name} has no default icon"
    if "state" in icon and not icon["state"]:
        yield f"{name} has no icon of a state"
    bounds = list(icon.get("range", {}))
    if bounds != sorted(bounds, key=float):
        yield f"{name} has a range that is not sorted"
    others = [*icon.get("state", {}).values(), *icon.get("range", {}).values()]
    for used in filter(None, (default, *others)):
        if not ICON.fullmatch(used):
            yield f"{name} has {used}, which is no Material Design icon"
    if default in icon.get("state", {}).values():
        yield f"{name} has the same icon for a state as by default"


def icon_names(repository: Repository) -> Complaints:
    """Yield icons under a name, state or action that does not exist."""
    icons = repository.integration.json("icons.json")
    english = repository.integration.english
    for platform, entities in icons.get("entity", {}).items():
        named = english.get("entity", {}).get(platform, {})
        for name, icon in entities.items():
            if name not in named:
                yield f"{platform}.{name} is no name of an entity"
            states = named.get(name, {}).get("state", {})
            for state in icon.get("state", {}):
                if state not in (states or {"on", "off"}):
                    yield f"{platform}.{name} has no state {state}"


RULES = (icon_values, icon_names)
