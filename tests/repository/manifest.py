"""Rules of hassfest for a manifest."""

from importlib.util import find_spec
import json
from pathlib import Path
import re
import tomllib
from typing import Any
from urllib.parse import urlparse

from awesomeversion import AwesomeVersion, AwesomeVersionStrategy
import homeassistant.components
from homeassistant.exceptions import HomeAssistantError
from homeassistant.util.yaml import load_yaml
import voluptuous as vol

from .tree import Complaints, Integration, Repository, load_json

ROOT = Path(__file__).parents[2]

[_COMPONENTS] = homeassistant.components.__path__
CORE = frozenset(path.parent.name for path in Path(_COMPONENTS).glob("*/manifest.json"))
VERSIONS = [
    AwesomeVersionStrategy.CALVER,
    AwesomeVersionStrategy.SEMVER,
    AwesomeVersionStrategy.SIMPLEVER,
    AwesomeVersionStrategy.BUILDVER,
    AwesomeVersionStrategy.PEP440,
]
IOT_CLASSES = (
    "assumed_state",
    "calculated",
    "cloud_polling",
    "cloud_push",
    "local_polling",
    "local_push",
)
TYPES = ("device", "entity", "hardware", "helper", "hub", "service", "system")
# Taken from the lists of 2026.11, which the tests' release does not have.
CATEGORY = r"[a-z_]+(\.[a-z_]+)?"


def _url(value: Any) -> str:
    parts = urlparse(str(value))
    if parts.scheme != "https" or not parts.netloc:
        raise vol.Invalid("expected an https URL")
    return value


def _documentation(value: Any) -> str:
    if "home-assistant.io/integrations" in _url(value):
        raise vol.Invalid("is a page of Home Assistant's own integrations")
    return value


def _version(value: Any) -> str:
    if not isinstance(value, str) or AwesomeVersion(value).strategy not in VERSIONS:
        raise vol.Invalid("is no version that Home Assistant understands")
    return value


def _upper(value: Any) -> str:
    if not isinstance(value, str) or value != value.upper():
        raise vol.Invalid("has to be upper case")
    return value


def _lower(value: Any) -> str:
    if not isinstance(value, str) or value != value.lower():
        raise vol.Invalid("has to be lower case")
    return value


_MAC = vol.All(_upper, vol.Match(r"^[0-9A-F*?\[\]]+$"))
_DHCP = vol.All(
    vol.Schema(
        {
            vol.Optional("macaddress"): _MAC,
            vol.Optional("hostname"): _lower,
            vol.Optional("registered_devices"): vol.Equal(True),
        }
    ),
    vol.Length(min=1),
)
_DOMAINS = [vol.Match(r"^[a-z0-9_]+$")]
_SCHEMA = vol.Schema(
    {
        vol.Required("domain"): vol.Match(r"^(?!_)[a-z0-9_]+(?<!_)$"),
        vol.Required("name"): vol.All(str, vol.Length(min=1)),
        vol.Required("codeowners"): vol.All(
            [vol.Match(r"^@[A-Za-z0-9][A-Za-z0-9/_-]*$")], vol.Length(min=1)
        ),
        vol.Required("documentation"): _documentation,
        vol.Required("integration_type"): vol.In(TYPES),
        vol.Required("iot_class"): vol.In(IOT_CLASSES),
        vol.Required("version"): _version,
        vol.Optional("after_dependencies"): _DOMAINS,
        vol.Optional("categories"): [vol.Match(f"^{CATEGORY}$")],
        vol.Optional("config_flow"): bool,
        vol.Optional("connectivity"): [vol.Match(r"^[a-z_]+$")],
        vol.Optional("dependencies"): _DOMAINS,
        vol.Optional("dhcp"): [_DHCP],
        vol.Optional("issue_tracker"): _url,
        vol.Optional("loggers"): [str],
        vol.Optional("requirements"): [vol.Match(r"^\S+$")],
        vol.Optional("single_config_entry"): bool,
    }
)


def files_are_readable(repository: Repository) -> Complaints:
    """Yield files of an integration that are no JSON or YAML, or have a key twice."""
    for integration in repository.integrations:
        for path in sorted(integration.path.rglob("*")):
            try:
                if path.suffix == ".json":
                    load_json(path)
                elif path.suffix in (".yaml", ".yml"):
                    load_yaml(path)
            except (ValueError, HomeAssistantError) as error:
                yield f"{repository.name_of(path)}: {error}"


def _generated(name: str) -> set[str] | None:
    """Return the slugs of a list of 2026.11, None if the demo is not installed."""
    places = ROOT.glob(f".envs/demo/lib/*/site-packages/homeassistant/generated/{name}")
    if (path := next(places, None)) is None:
        return None
    return {
        slug
        for each in json.loads(path.read_text("utf-8"))
        for slug in (
            each["slug"],
            *(f"{each['slug']}.{sub['slug']}" for sub in each.get("subcategories", [])),
        )
    }


def has_taxonomy() -> bool:
    """Return whether the demo, with the categories of 2026.11, is installed."""
    return _generated("integration_categories.json") is not None


def manifest_taxonomy(repository: Repository) -> Complaints:
    """Yield categories and connectivity that 2026.11 does not know."""
    for key, name in (
        ("categories", "integration_categories.json"),
        ("connectivity", "integration_connectivity.json"),
    ):
        if (known := _generated(name)) is not None:
            for integration in repository.integrations:
                for used in integration.manifest.get(key, []):
                    if used not in known:
                        yield f"{integration.name}: {key} has the unknown {used}"


def manifest_schema(repository: Repository) -> Complaints:
    """Yield what the closed schema of a custom integration's manifest refuses."""
    for integration in repository.integrations:
        try:
            _SCHEMA(integration.manifest)
        except vol.MultipleInvalid as error:
            for each in error.errors:
                yield f"{integration.name}: {each}"


def manifest_order(repository: Repository) -> Complaints:
    """Yield keys that are not sorted: domain and name, then the alphabet."""
    for integration in repository.integrations:
        keys = list(integration.manifest)
        first = ["domain", "name"]
        if keys != [*first, *sorted(set(keys) - set(first))]:
            yield f"{integration.name}: keys of the manifest are not sorted"


def manifest_domain(repository: Repository) -> Complaints:
    """Yield a domain that is not the folder's name, or one of Home Assistant's own."""
    for integration in repository.integrations:
        domain = integration.manifest.get("domain")
        if domain != integration.name:
            yield f"{integration.name}: the domain is {domain}"
        if domain in CORE:
            yield f"{integration.name}: the domain belongs to Home Assistant"
        constants = (integration.path / "const.py").is_file()
        module = "const.py" if constants else "__init__.py"
        if not re.search(
            rf'^DOMAIN\b.* = "{domain}"$',
            (integration.path / module).read_text("utf-8"),
            re.MULTILINE,
        ):
            yield f"{integration.name}: {module} has another domain"


def manifest_dependencies(repository: Repository) -> Complaints:
    """Yield integrations that do not exist or are named twice, and bad requirements."""
    for integration in repository.integrations:
        manifest = integration.manifest
        named = [
            *manifest.get("dependencies", []),
            *manifest.get("after_dependencies", []),
        ]
        for name in sorted(set(named)):
            if name not in CORE:
                yield f"{integration.name}: there is no integration {name}"
            if named.count(name) > 1:
                yield f"{integration.name}: {name} is named more than once"
        for requirement in manifest.get("requirements", []):
            yield from _requirement(integration, requirement)


def _requirement(integration: Integration, requirement: str) -> Complaints:
    match = re.fullmatch(r"([A-Za-z0-9._-]+)(\[[\w,]+\])?==[\w.]+", requirement)
    if match is None:
        yield f"{integration.name}: {requirement!r} is not pinned as name==version"
    elif find_spec(match[1].lower().replace("-", "_")) is not None:
        yield f"{integration.name}: Home Assistant brings {match[1]} itself"


def manifest_version(repository: Repository) -> Complaints:
    """Yield a version of the project that is not the integration's."""
    path = repository.root / "pyproject.toml"
    project = tomllib.loads(path.read_text("utf-8"))["project"]["version"]
    version = repository.integration.manifest.get("version")
    if version != project:
        yield f"the manifest has version {version}, pyproject.toml {project}"


RULES = (
    files_are_readable,
    manifest_taxonomy,
    manifest_schema,
    manifest_order,
    manifest_domain,
    manifest_dependencies,
    manifest_version,
)
