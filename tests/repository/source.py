"""Rules of hassfest for code."""

import ast
from collections.abc import Iterator
import sys

from homeassistant.const import Platform

from .manifest import CORE
from .tree import Complaints, Integration, Repository

# Home Assistant always loads these, or a manifest need not name them.
ALWAYS_THERE = frozenset(map(str, Platform)) | {
    "automation",
    "diagnostics",
    "homeassistant",
    "persistent_notification",
    "repairs",
    "script",
    "system_health",
    "websocket_api",
    "zone",
}
# Packages of Home Assistant's own requirements.
PACKAGES = frozenset(
    {"aiohttp", "homeassistant", "orjson", "probatio", "voluptuous", "yarl"}
)
DISCOVERIES = ("bluetooth", "dhcp", "homekit", "mqtt", "ssdp", "usb", "zeroconf")
FOR_USERS = (
    "ConfigEntryAuthFailed",
    "ConfigEntryError",
    "ConfigEntryNotReady",
    "HomeAssistantError",
    "ServiceValidationError",
    "UpdateFailed",
)
REGISTERS = ("async_register", "async_register_admin_service", "register")


def _run_nodes(node: ast.AST) -> Iterator[ast.AST]:
    """Yield all nodes but those that only a type checker reads."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test):
            continue
        yield child
        yield from _run_nodes(child)


def _imports(tree: ast.Module) -> set[str]:
    """Return the absolute names of what a module imports."""
    names: set[str] = set()
    for node in _run_nodes(tree):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            names.add(node.module or "")
            names.update(f"{node.module}.{alias.name}" for alias in node.names)
    return names


def _components(tree: ast.Module) -> set[str]:
    """Return Home Assistant's integrations that a module imports."""
    return {
        parts[2]
        for name in _imports(tree)
        if len(parts := name.split(".")) > 2
        and parts[:2] == ["homeassistant", "components"]
    }


def imported_integrations(repository: Repository) -> Complaints:
    """Yield imports of integrations that the manifest does not name."""
    for integration in repository.integrations:
        manifest = integration.manifest
        named = {
            *manifest.get("dependencies", []),
            *manifest.get("after_dependencies", []),
        }
        for path, tree in integration.modules.items():
            for used in _components(tree) - named - ALWAYS_THERE:
                # A platform of another integration is only loaded by that one.
                if path != f"{used}.py":
                    yield f"{integration.name}/{path} imports {used}"


def imported_packages(repository: Repository) -> Complaints:
    """Yield imports of packages that nothing installs for the integration."""
    for integration in repository.integrations:
        manifest = integration.manifest
        known = PACKAGES | sys.stdlib_module_names
        if "recorder" in manifest.get("dependencies", []):
            known |= {"sqlalchemy"}
        if integration.name != repository.integration.name:
            known |= {"custom_components"}
        required = {
            name.partition("==")[0].replace("-", "_").lower()
            for name in manifest.get("requirements", [])
        }
        for path, tree in integration.modules.items():
            used = {name.partition(".")[0] for name in _imports(tree)}
            for name in sorted(used - known - required):
                yield f"{integration.name}/{path} imports {name}"


def _methods(integration: Integration, module: str) -> set[str]:
    return {
        node.name
        for node in ast.walk(integration.modules[module])
        if isinstance(node, ast.AsyncFunctionDef | ast.FunctionDef)
    }


def config_flow(repository: Repository) -> Complaints:
    """Yield a config flow without its manifest key, step of discovery or unique id."""
    for integration in repository.integrations:
        there = "config_flow.py" in integration.modules
        if there != integration.manifest.get("config_flow", False):
            yield f"{integration.name}: config_flow of the manifest is wrong"
        if not there:
            continue
        code = (integration.path / "config_flow.py").read_text("utf-8")
        methods = _methods(integration, "config_flow.py")
        for kind in DISCOVERIES:
            if kind in integration.manifest and f"async_step_{kind}" not in methods:
                yield f"{integration.name}: the flow has no step for {kind}"
            if f"async_step_{kind}" in methods and kind not in integration.manifest:
                yield f"{integration.name}: the manifest has no {kind} for the flow"
        if "async_set_unique_id" not in code:
            yield f"{integration.name}: the flow sets no unique id"


def config_schema(repository: Repository) -> Complaints:
    """Yield an integration with a set-up from YAML and no schema for it."""
    for integration in repository.integrations:
        tree = integration.modules["__init__.py"]
        names = {node.name for node in tree.body if hasattr(node, "name")}
        assigned = {
            target.id
            for node in tree.body
            if isinstance(node, ast.Assign | ast.AnnAssign)
            for target in getattr(node, "targets", [getattr(node, "target", None)])
            if isinstance(target, ast.Name)
        }
        if names & {"setup", "async_setup"} and "CONFIG_SCHEMA" not in assigned:
            yield f"{integration.name}: async_setup without CONFIG_SCHEMA"


def registered_actions(repository: Repository) -> Complaints:
    """Yield code that registers actions without the file that describes them."""
    for integration in repository.integrations:
        registers = any(
            ast.unparse(node.func).endswith(f"services.{name}")
            or (name in ast.unparse(node.func) and "service" in name)
            for node in integration.nodes(ast.Call)
            for name in REGISTERS
        )
        if registers and not (integration.path / "services.yaml").is_file():
            yield f"{integration.name}: registers actions without services.yaml"


def translated_exceptions(repository: Repository) -> Complaints:
    """Yield errors for users that have no text in their language."""
    for integration in repository.integrations:
        for node in integration.nodes(ast.Raise):
            if not isinstance(node.exc, ast.Call):
                continue
            name = ast.unparse(node.exc.func).rpartition(".")[2]
            given = {each.arg for each in node.exc.keywords}
            if (
                name in FOR_USERS
                and not {"translation_domain", "translation_key"} <= given
            ):
                yield f"{integration.name}: {name} without a translation"


def parallel_updates(repository: Repository) -> Complaints:
    """Yield platforms of entities that do not say how many updates run at a time."""
    for integration in repository.integrations:
        for path, tree in integration.modules.items():
            if path.removesuffix(".py") in set(map(str, Platform)):
                assigned = {
                    ast.unparse(getattr(node, "target", node))
                    for node in tree.body
                    if isinstance(node, ast.Assign | ast.AnnAssign)
                }
                if not any(each.startswith("PARALLEL_UPDATES") for each in assigned):
                    yield f"{integration.name}/{path} has no PARALLEL_UPDATES"


def platforms(repository: Repository) -> Complaints:
    """Yield platforms of automations without the file that describes them."""
    for integration in repository.integrations:
        for kind in ("trigger", "condition"):
            code = f"{kind}.py" in integration.modules
            if code and not (integration.path / f"{kind}s.yaml").is_file():
                yield f"{integration.name}: {kind}.py without {kind}s.yaml"
        for name in integration.modules:
            if name.removesuffix(".py") in CORE - ALWAYS_THERE - {"dhcp"}:
                # Such a module would be taken for a platform of that integration.
                yield f"{integration.name}: {name} has the name of an integration"


RULES = (
    imported_integrations,
    imported_packages,
    config_flow,
    config_schema,
    registered_actions,
    translated_exceptions,
    parallel_updates,
    platforms,
)
