"""Rules of hassfest for services.yaml, and its agreement with code, texts and icons."""

import ast
from collections.abc import Iterator

from homeassistant.helpers.selector import TargetSelector, selector, validate_selector
import voluptuous as vol

from .manifest import CORE
from .tree import Complaints, Integration, Repository

# The position of the action's name among the arguments.
REGISTERING = {
    "async_register": 1,
    "async_register_admin_service": 2,
    "async_register_platform_entity_service": 2,
}

_FIELD = {
    vol.Optional("advanced"): bool,
    vol.Optional("default"): object,
    vol.Optional("example"): object,
    vol.Optional("filter"): {
        vol.Exclusive("attribute", "by"): {str: list},
        vol.Exclusive("supported_features", "by"): [str],
    },
    vol.Optional("required"): bool,
    vol.Optional("selector"): validate_selector,
}
_ACTION = vol.Schema(
    {
        str: vol.Any(
            None,
            {
                vol.Optional("target"): vol.Any(TargetSelector.CONFIG_SCHEMA, None),
                vol.Optional("fields"): {
                    str: vol.Any(
                        None,
                        _FIELD,
                        {
                            vol.Optional("collapsed"): bool,
                            vol.Required("fields"): {str: vol.Any(None, _FIELD)},
                        },
                    )
                },
            },
        )
    }
)


def _fields(integration: Integration) -> dict[str, set[str]]:
    """Return the fields of each action, those of sections included."""
    found: dict[str, set[str]] = {}
    for name, action in integration.yaml("services.yaml").items():
        names = found.setdefault(name, set())
        for field, content in ((action or {}).get("fields") or {}).items():
            inner = (content or {}).get("fields")
            names |= {field} if inner is None else set(inner)
    return found


def _registered(integration: Integration) -> Iterator[str | None]:
    for node in integration.nodes(ast.Call):
        function = ast.unparse(node.func)
        name = function.rpartition(".")[2]
        if name == "async_register" and not function.endswith(
            "services.async_register"
        ):
            continue
        if (position := REGISTERING.get(name)) is not None:
            yield integration.text(node.args[position])


def action_schema(repository: Repository) -> Complaints:
    """Yield what hassfest's schema and the oldest release's selectors refuse."""
    for integration in repository.integrations:
        try:
            _ACTION(integration.yaml("services.yaml"))
        except vol.Invalid as error:
            yield f"{integration.name}: {error}"


def action_fields(repository: Repository) -> Complaints:
    """Yield defaults that the selector refuses, and entries of unknown integrations."""
    for integration in repository.integrations:
        for name, action in integration.yaml("services.yaml").items():
            for field, content in ((action or {}).get("fields") or {}).items():
                config = (content or {}).get("selector")
                if config and "default" in content:
                    try:
                        selector(config)(content["default"])
                    except vol.Invalid as error:
                        yield f"{name}: the default of {field} is none: {error}"
                for used in named_integrations(config):
                    if used not in {*CORE, integration.name}:
                        yield f"{name}: {field} is of the unknown integration {used}"


def named_integrations(node: object) -> Iterator[str]:
    """Yield the integrations that selectors and their filters name."""
    if isinstance(node, dict):
        for key, value in node.items():
            if key == "integration" and isinstance(value, str):
                yield value
            else:
                yield from named_integrations(value)
    elif isinstance(node, list):
        for value in node:
            yield from named_integrations(value)


def action_code(repository: Repository) -> Complaints:
    """Yield actions that are described but not registered, or the other way round."""
    for integration in repository.integrations:
        described = _fields(integration)
        registered = set(_registered(integration))
        for name in sorted(map(str, registered ^ described.keys())):
            yield f"{integration.name}: {name} is in the code or in services.yaml only"
        accepted = {
            integration.text(node.args[0])
            for node in integration.nodes(ast.Call)
            if ast.unparse(node.func) in ("vol.Optional", "vol.Required") and node.args
        }
        for name, fields in described.items():
            for field in sorted(fields - accepted):
                yield f"{integration.name}: no schema has the field {field} of {name}"


def action_texts(repository: Repository) -> Complaints:
    """Yield actions and fields without name, description or icon, and stray ones."""
    integration = repository.integration
    actions = _fields(integration)
    named = integration.english.get("services", {})
    icons = integration.json("icons.json").get("services", {})
    for name in sorted(actions.keys() ^ named.keys()):
        yield f"{name} is an action or has texts, but not both"
    for name in sorted(actions.keys() ^ icons.keys()):
        yield f"{name} is an action or has an icon, but not both"
    for name in actions.keys() & named.keys():
        for field in sorted(actions[name] ^ named[name].get("fields", {}).keys()):
            yield f"{name}: {field} is a field or has texts, but not both"


def action_selectors(repository: Repository) -> Complaints:
    """Yield options of selectors whose texts do not exist."""
    integration = repository.integration
    known = integration.english.get("selector", {})
    for name, action in integration.yaml("services.yaml").items():
        for field, content in ((action or {}).get("fields") or {}).items():
            for config in ((content or {}).get("selector") or {}).values():
                key = (config or {}).get("translation_key")
                if key is not None and key not in known:
                    yield f"{name}: {field} has texts in selector.{key}, which is missing"


RULES = (action_schema, action_fields, action_code, action_texts, action_selectors)
