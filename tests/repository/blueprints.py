"""Rules of the oldest supported Home Assistant for blueprints."""

from pathlib import Path

from homeassistant.components.automation.config import AUTOMATION_BLUEPRINT_SCHEMA
from homeassistant.components.blueprint import Blueprint, BlueprintException
from homeassistant.exceptions import HomeAssistantError
from homeassistant.util.yaml import extract_inputs, load_yaml

from .actions import named_integrations
from .manifest import CORE
from .tree import Complaints, Repository

# Newer than the oldest release, whose schema ignores or refuses them.
NEWER = {"visible"}


def _files(repository: Repository) -> list[Path]:
    return sorted((repository.root / "blueprints").rglob("*.yaml"))


def _load(path: Path) -> Blueprint:
    return Blueprint(
        load_yaml(path),
        expected_domain=path.parents[1].name,
        path=str(path),
        schema=AUTOMATION_BLUEPRINT_SCHEMA,
    )


def blueprint_schema(repository: Repository) -> Complaints:
    """Yield what the schema refuses, and inputs that are not there or not used."""
    for path in _files(repository):
        try:
            blueprint = _load(path)
        except (BlueprintException, HomeAssistantError) as error:
            yield f"{path.stem}: {error}"
            continue
        unused = blueprint.inputs.keys() - extract_inputs(blueprint.data)
        yield from (f"{path.stem}: nothing uses {name}" for name in sorted(unused))
        for name, content in blueprint.inputs.items():
            if not content or not content.get("name") or not content.get("selector"):
                yield f"{path.stem}: {name} has no name or no selector"
            elif newer := NEWER & content.keys():
                yield f"{path.stem}: {name} has {sorted(newer)}, newer than supported"


def blueprint_filters(repository: Repository) -> Complaints:
    """Yield filters for entities of an integration that does not exist."""
    known = {*CORE, repository.integration.name}
    for path in _files(repository):
        try:
            metadata = _load(path).metadata
        except BlueprintException, HomeAssistantError:
            continue
        for used in named_integrations(metadata):
            if used not in known:
                yield f"{path.stem}: there is no integration {used}"


def blueprint_source(repository: Repository) -> Complaints:
    """Yield a source that is not the file, or another oldest release than HACS's."""
    home = repository.integration.manifest.get("documentation")
    oldest = repository.hacs.get("homeassistant")
    for path in _files(repository):
        try:
            metadata = _load(path).metadata
        except BlueprintException, HomeAssistantError:
            continue
        source = f"{home}/blob/main/{repository.name_of(path)}"
        if metadata.get("source_url") != source:
            yield f"{path.stem}: source_url is not {source}"
        if metadata.get("homeassistant", {}).get("min_version") != oldest:
            yield f"{path.stem}: min_version is not {oldest}"


RULES = (blueprint_schema, blueprint_filters, blueprint_source)
