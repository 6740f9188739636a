"""What hassfest asks of services.yaml, and that it fits code, texts and icons."""

import ast
from collections.abc import Iterator

import homeassistant.const
from homeassistant.helpers.selector import TargetSelector, validate_selector
import voluptuous as vol

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


def _constants(integration: Integration) -> dict[str, str]:
    """Return the texts that the code gives names to, and Home Assistant's own."""
    own = {
        target.id: node.value.value
        for kind in (ast.Assign, ast.AnnAssign)
        for node in integration.nodes(kind)
        if isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
        for target in getattr(node, "targets", [getattr(node, "target", None)])
        if isinstance(target, ast.Name)
    }
    return vars(homeassistant.const) | own


def _resolved(node: ast.expr, constants: dict[str, str]) -> str | None:
    if isinstance(node, ast.Constant):
        return node.value
    return constants.get(node.id) if isinstance(node, ast.Name) else None


def _registered(integration: Integration) -> Iterator[str | None]:
    constants = _constants(integration)
    for node in integration.nodes(ast.Call):
        function = ast.unparse(node.func)
        name = function.rpartition(".")[2]
        if name == "async_register" and not function.endswith(
            "services.async_register"
        ):
            continue
        if (position := REGISTERING.get(name)) is not None:
            yield _resolved(node.args[position], constants)


def action_schema(repository: Repository) -> Complaints:
    """Yield what hassfest's schema and the oldest release's selectors refuse."""
    for integration in repository.integrations:
        try:
            _ACTION(integration.yaml("services.yaml"))
        except vol.Invalid as error:
            yield f"{integration.name}: {error}"


def action_code(repository: Repository) -> Complaints:
    """Yield actions that are described but not registered, or the other way round."""
    for integration in repository.integrations:
        described = _fields(integration)
        registered = set(_registered(integration))
        for name in sorted(map(str, registered ^ described.keys())):
            yield f"{integration.name}: {name} is in the code or in services.yaml only"
        constants = _constants(integration)
        accepted = {
            _resolved(node.args[0], constants)
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
            for selector in ((content or {}).get("selector") or {}).values():
                key = (selector or {}).get("translation_key")
                if key is not None and key not in known:
                    yield f"{name}: {field} has texts in selector.{key}, which is missing"


RULES = (action_schema, action_code, action_texts, action_selectors)
