"""Rules of hassfest for texts, and the agreement of languages."""

import ast
from pathlib import Path
import re
from typing import Any

from homeassistant.generated.languages import LANGUAGES
import voluptuous as vol

from .tree import Complaints, Integration, Repository, load_json, texts

KEY = re.compile(r"(?![-_])(?!.*[-_]{2})[a-z0-9_-]+(?<![-_])")
PLACEHOLDER = re.compile(r"\{([a-zA-Z_][a-zA-Z0-9_]*)\}")
REFUSED = {
    "HTML": re.compile(r"<[/a-zA-Z!]"),
    "a URL": re.compile(r"://|\bwww\."),
    # In the message format such an apostrophe begins a text that is not replaced.
    "a quote at a brace": re.compile(r"'[{}]|[{}]'"),
    "a space at an end": re.compile(r"^\s|\s$"),
    "no text": re.compile(r"^$"),
    "a reference that only Home Assistant's build resolves": re.compile(r"\[%key:"),
}

_TEXT = str
_TEXTS = {str: _TEXT}
_STEP: dict[Any, Any] = {
    vol.Optional("title"): _TEXT,
    vol.Optional("submit"): _TEXT,
    vol.Optional("description"): _TEXT,
    vol.Optional("data"): _TEXTS,
    vol.Optional("data_description"): _TEXTS,
    vol.Optional("menu_options"): _TEXTS,
    vol.Optional("menu_option_descriptions"): _TEXTS,
    vol.Optional("sections"): {
        str: {
            vol.Optional("name"): _TEXT,
            vol.Optional("description"): _TEXT,
            vol.Optional("data"): _TEXTS,
            vol.Optional("data_description"): _TEXTS,
        }
    },
}
_FLOW: dict[Any, Any] = {
    vol.Optional("step"): {str: _STEP},
    vol.Optional("error"): _TEXTS,
    vol.Optional("abort"): _TEXTS,
    vol.Optional("progress"): _TEXTS,
    vol.Optional("create_entry"): _TEXTS,
}
_FIELDS = {
    str: {vol.Required("name"): _TEXT, vol.Required("description"): _TEXT},
}
_ISSUE = vol.All(
    vol.Schema(
        {
            vol.Required("title"): _TEXT,
            vol.Exclusive("description", "body"): _TEXT,
            vol.Exclusive("fix_flow", "body"): _FLOW,
        }
    ),
    vol.Any(
        vol.Schema({vol.Required("description"): object}, extra=vol.ALLOW_EXTRA),
        vol.Schema({vol.Required("fix_flow"): object}, extra=vol.ALLOW_EXTRA),
        msg="needs a description or a fix_flow",
    ),
)
_SCHEMA = vol.Schema(
    {
        vol.Optional("title"): _TEXT,
        vol.Optional("config"): {vol.Optional("flow_title"): _TEXT, **_FLOW},
        vol.Optional("options"): _FLOW,
        vol.Optional("selector"): {
            str: {
                vol.Optional("options"): _TEXTS,
                vol.Optional("unit_of_measurement"): _TEXTS,
                vol.Optional("fields"): _FIELDS,
            }
        },
        vol.Optional("system_health"): {vol.Optional("info"): _TEXTS},
        vol.Optional("issues"): {str: _ISSUE},
        vol.Optional("entity"): {
            str: {
                str: {
                    vol.Optional("name"): _TEXT,
                    vol.Optional("state"): _TEXTS,
                    vol.Optional("unit_of_measurement"): _TEXT,
                    vol.Optional("state_attributes"): {
                        str: {
                            vol.Optional("name"): _TEXT,
                            vol.Optional("state"): _TEXTS,
                        }
                    },
                }
            }
        },
        vol.Optional("device"): {str: {vol.Required("name"): _TEXT}},
        vol.Optional("exceptions"): {str: {vol.Required("message"): _TEXT}},
        vol.Optional("services"): {
            str: {
                vol.Required("name"): _TEXT,
                vol.Required("description"): _TEXT,
                vol.Optional("fields"): _FIELDS,
                vol.Optional("sections"): {
                    str: {
                        vol.Required("name"): _TEXT,
                        vol.Optional("description"): _TEXT,
                    }
                },
            }
        },
    }
)


def _files(integration: Integration) -> list[Path]:
    return sorted((integration.path / "translations").glob("*"))


def translation_files(repository: Repository) -> Complaints:
    """Yield files that Home Assistant does not load, and a missing English one."""
    integration = repository.integration
    if (integration.path / "strings.json").exists():
        yield "strings.json belongs to Home Assistant's own integrations"
    names = {path.name for path in _files(integration)}
    if "en.json" not in names:
        yield "there is no translations/en.json"
    for name in sorted(names - {f"{language}.json" for language in LANGUAGES}):
        yield f"translations/{name} is no language of Home Assistant"


def translation_schema(repository: Repository) -> Complaints:
    """Yield what hassfest's closed schema refuses, in every language."""
    for path in _files(repository.integration):
        try:
            _SCHEMA(load_json(path))
        except vol.MultipleInvalid as error:
            for each in error.errors:
                yield f"{path.name}: {each}"


def translation_texts(repository: Repository) -> Complaints:
    """Yield keys and texts that hassfest or the frontend refuses, in every language."""
    for path in _files(repository.integration):
        for key, text in texts(load_json(path)):
            if not all(KEY.fullmatch(part) for part in key.split(".")):
                yield f"{path.name}: {key} is no valid key"
            for name, pattern in REFUSED.items():
                if pattern.search(text):
                    yield f"{path.name}: {key} has {name}"
            if re.search(r"[{}]", PLACEHOLDER.sub("", text)):
                yield f"{path.name}: {key} has a brace that is no placeholder's"


def described_fields(repository: Repository) -> Complaints:
    """Yield fields of forms without a description, and descriptions without a field."""
    english = repository.integration.english
    steps = [
        (f"{flow}.{name}", step)
        for flow in ("config", "options")
        for name, step in english.get(flow, {}).get("step", {}).items()
    ]
    steps += [
        (f"{name}.{section}", content)
        for name, step in steps
        for section, content in step.get("sections", {}).items()
    ]
    for name, step in steps:
        data, described = step.get("data", {}), step.get("data_description", {})
        for field in sorted(data.keys() ^ described.keys()):
            yield f"{name}: {field} has a label or a description, but not both"


def languages(repository: Repository) -> Complaints:
    """Yield keys and placeholders in which a language differs from English."""
    integration = repository.integration
    english = dict(texts(integration.english))
    for path in _files(integration):
        here = dict(texts(load_json(path)))
        for key in sorted(english.keys() - here.keys()):
            yield f"{path.name}: {key} is missing"
        for key in sorted(here.keys() - english.keys()):
            yield f"{path.name}: {key} is not in English"
        for key in sorted(here.keys() & english.keys()):
            names = (sorted(PLACEHOLDER.findall(each[key])) for each in (english, here))
            expected, found = map(set, names)
            if expected != found:
                yield f"{path.name}: {key} has the placeholders {sorted(found)}"
            if english[key].count("\n") != here[key].count("\n"):
                yield f"{path.name}: {key} has other paragraphs"


def given_placeholders(repository: Repository) -> Complaints:
    """Yield placeholders that nothing fills: their braces would be shown."""
    integration = repository.integration
    trees = integration.modules
    flows = [tree for path, tree in trees.items() if path.endswith("_flow.py")]
    given = {
        "config": _keys(integration, *flows),
        "options": _keys(integration, *flows),
        "exceptions": _keys(integration, *integration.nodes(ast.Raise)),
    }
    anywhere = _keys(integration, *trees.values())
    for key, text in texts(integration.english):
        for name in PLACEHOLDER.findall(text):
            if name not in given.get(key.partition(".")[0], anywhere):
                yield f"{key}: nothing gives {name}"


def _keys(integration: Integration, *trees: ast.AST) -> set[str]:
    """Return the keys of dictionaries, names of arguments and names of fields."""
    names: set[str | None] = set()
    for node in (each for tree in trees for each in ast.walk(tree)):
        if isinstance(node, ast.Dict):
            names.update(integration.text(key) for key in node.keys if key)
        elif isinstance(node, ast.keyword):
            names.add(node.arg)
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            names.add(node.target.id)
    return {name for name in names if name}


RULES = (
    translation_files,
    translation_schema,
    translation_texts,
    described_fields,
    languages,
    given_placeholders,
)
