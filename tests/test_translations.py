"""Tests that each used translation key has a text, and each text is used."""

import ast
from collections.abc import Iterable, Iterator
import json
from pathlib import Path
import re

from homeassistant.data_entry_flow import section
import pytest
import yaml

from custom_components.tesla_gateway_meters import options_flow
from custom_components.tesla_gateway_meters.checks.model import Check
from custom_components.tesla_gateway_meters.const import DOMAIN
from custom_components.tesla_gateway_meters.dashboard.locations import LOCATIONS
from custom_components.tesla_gateway_meters.energy_plan import MAY_COUNT_TWICE, Reason
from custom_components.tesla_gateway_meters.gateway.vocabulary import KNOWN_LOCATIONS
from custom_components.tesla_gateway_meters.processing.surplus import Watched
from custom_components.tesla_gateway_meters.services import (
    ADD_TO_ENERGY_DASHBOARD,
    GET_DASHBOARD,
)

from .entities.rows import ROWS
from .shown_texts import ENGLISH, placeholders

INTEGRATION = Path(__file__).parent.parent / "custom_components" / DOMAIN
TREES = {
    path.relative_to(INTEGRATION).as_posix(): ast.parse(path.read_text("utf-8"))
    for path in INTEGRATION.rglob("*.py")
}
# Flows of Home Assistant's own classes show these steps.
CONFIRM = "confirm"


def nodes(*modules: str) -> Iterator[ast.AST]:
    """Yield the syntax nodes of these modules, or of all."""
    for module in modules or TREES:
        yield from ast.walk(TREES[module])


def strings(*modules: str) -> set[str]:
    """Return the texts that stand in the code, apart from docstrings."""
    return {
        node.value
        for node in nodes(*modules)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and re.fullmatch(r"[a-z0-9_]+", node.value)
    }


def arguments(name: str, *modules: str) -> set[str]:
    """Return the constants that are passed as this keyword argument."""
    return constants(
        node.value
        for node in nodes(*modules)
        if isinstance(node, ast.keyword) and node.arg == name
    )


def first_arguments(called: str, module: str) -> list[ast.expr]:
    """Return the first argument of each call of a function or method of this name."""
    return [
        node.args[0]
        for node in nodes(module)
        if isinstance(node, ast.Call)
        and node.args
        and called
        == (getattr(node.func, "attr", None) or getattr(node.func, "id", None))
    ]


def constants(expressions: Iterable[ast.expr]) -> set[str]:
    """Return the texts among these expressions."""
    return {
        each.value
        for each in expressions
        if isinstance(each, ast.Constant) and isinstance(each.value, str)
    }


def steps(module: str) -> set[str]:
    """Return the steps that a module's flows can show."""
    return arguments("step_id", module) | constants(first_arguments("_form", module))


def messages(module: str) -> set[str]:
    """Return the values of a module's table of messages, by error."""
    (table,) = (
        node.value
        for node in nodes(module)
        if isinstance(node, ast.AnnAssign)
        and isinstance(node.target, ast.Name)
        and node.target.id == "_TRANSLATION_KEYS"
    )
    return set(ast.literal_eval(ast.List(table.values, ast.Load())))


def test_entities_have_all_names_and_no_others() -> None:
    """The table of all entities is compared with a running Home Assistant elsewhere."""
    used = {
        (row.platform, description.translation_key)
        for row in ROWS
        for description in row.descriptions
        if description.translation_key is not None
    }
    assert used == {
        (platform, key)
        for platform, names in ENGLISH["entity"].items()
        for key in names
    }


def test_entities_without_a_device_class_have_icons() -> None:
    """Home Assistant would show an eye for them, or nothing."""
    icons = json.loads((INTEGRATION / "icons.json").read_text("utf-8"))["entity"]
    missing = {
        f"{row.platform}.{description.translation_key}"
        for row in ROWS
        for description in row.descriptions
        if description.device_class is None
        and description.translation_key not in icons[row.platform]
    }
    assert missing == set()


def test_states_of_enums_have_all_names_and_no_others() -> None:
    """An enum's options and the names of its states are the same."""
    for row in ROWS:
        for description in row.descriptions:
            if (options := getattr(description, "options", None)) is None:
                continue
            key = description.translation_key
            names = ENGLISH["entity"][row.platform][key]["state"]
            assert set(names) == set(options), key


def test_devices_have_all_names_and_no_others() -> None:
    """Devices are the gateway, its locations, and meters with or without a part."""
    devices = set(ENGLISH["device"])
    assert {"gateway", *KNOWN_LOCATIONS} <= devices
    meters = devices - {"gateway", *KNOWN_LOCATIONS}
    used = strings("gateway/meter_types.py")
    assert {key for key in meters if not key.endswith("_part")} <= used
    for key in meters:
        assert {f"{key.removesuffix('_part')}_part", key} <= devices, key


@pytest.mark.parametrize("flow", ["config", "options"])
def test_flows_have_all_steps_and_no_others(flow: str) -> None:
    """Each step that a flow shows has a text."""
    assert steps(f"{flow}_flow.py") == set(ENGLISH[flow]["step"])


def test_config_flow_has_all_errors_and_no_others() -> None:
    """Each error has a message, and any other one is that of no gateway."""
    used = messages("config_flow.py") | {"not_a_gateway"}
    assert used == set(ENGLISH["config"]["error"])


def test_options_flow_has_all_errors_and_no_others() -> None:
    """Each error that the form of the options can show has a text."""
    assert set(ENGLISH["options"]["error"]) <= strings("options_flow.py")


def test_config_flow_has_all_abort_reasons_and_no_others() -> None:
    """Reasons that Home Assistant's flow gives by itself are its own texts."""
    used = arguments("reason", "config_flow.py", "login_flow.py")
    used |= constants(first_arguments("AbortFlow", "login_flow.py"))
    assert used == set(ENGLISH["config"]["abort"])


def test_options_have_all_labels_and_no_others() -> None:
    """The fields of the options are the constants of their names."""
    step = ENGLISH["options"]["step"]["init"]
    for part in (step, *step["sections"].values()):
        assert set(part["data"]) == set(part["data_description"])
    schema = options_flow._SCHEMA.schema
    sections = {
        str(key): {str(field) for field in each.schema.schema}
        for key, each in schema.items()
        if isinstance(each, section)
    }
    assert {
        key: set(part["data"]) for key, part in step["sections"].items()
    } == sections
    assert {str(key) for key in schema} == set(step["data"]) | set(sections)


def test_exceptions_have_all_messages_and_no_others() -> None:
    """Each error that Home Assistant shows or logs has a message."""
    coordinators = [path for path in TREES if path.startswith("coordinator/")]
    used = messages("coordinator/base.py") | arguments("translation_key", "services.py")
    used |= arguments("translation_key", *coordinators, "__init__.py") - {"gateway"}
    assert used == set(ENGLISH["exceptions"])
    assert all(set(each) == {"message"} for each in ENGLISH["exceptions"].values())


def test_issues_have_all_texts_and_no_others() -> None:
    """Kinds of issue are checks, or constants of `issues`; some have another wording."""
    kinds = constants(
        each
        for node in TREES["issues.py"].body
        if isinstance(node, ast.AnnAssign) and not isinstance(node.value, ast.Call)
        for each in ast.walk(node)
        if isinstance(each, ast.expr)
    )
    used = kinds | set(map(str, Check)) | arguments("variant")
    assert used - set(ENGLISH["issues"]) == set()
    assert set(ENGLISH["issues"]) - strings() == set()


def test_fix_flows_have_all_steps_and_reasons_and_no_others() -> None:
    """The flows of all issues together show the steps and reasons of `repairs`."""
    flows = [
        issue["fix_flow"] for issue in ENGLISH["issues"].values() if "fix_flow" in issue
    ]
    shown = {step for flow in flows for step in flow["step"]}
    assert shown == steps("repairs.py") | {CONFIRM}
    reasons = {reason for flow in flows for reason in flow.get("abort", {})}
    assert reasons == arguments("reason", "repairs.py")


def test_selectors_have_all_options_and_no_others() -> None:
    """Options of forms, and reasons in the response of the action."""
    assert {
        key: set(selector["options"]) for key, selector in ENGLISH["selector"].items()
    } == {
        "sustained_watched": {str(each) for each in Watched},
        ADD_TO_ENERGY_DASHBOARD: {
            *("grid", "solar", "battery", "home"),
            MAY_COUNT_TWICE,
            *map(str, Reason),
        },
        GET_DASHBOARD: set(ENGLISH["selector"][GET_DASHBOARD]["options"]),
    }


def test_dashboard_uses_all_texts() -> None:
    """A text that no page asks for is left over; the action fails without one it asks for."""
    modules = [name for name in TREES if name.startswith("dashboard/")]
    asked = strings(*modules) | {
        *(f"negative_{location}" for location in LOCATIONS),
        *(f"sustained_{watched}" for watched in Watched),
    }
    texts = ENGLISH["selector"][GET_DASHBOARD]["options"]
    assert set(texts) - asked == set()


def test_actions_have_all_fields_and_no_others() -> None:
    """The actions and fields of `services.yaml`."""
    actions = yaml.safe_load((INTEGRATION / "services.yaml").read_text("utf-8"))
    assert {key: set(action["fields"]) for key, action in actions.items()} == {
        key: set(action["fields"]) for key, action in ENGLISH["services"].items()
    }


def test_placeholders_of_entities_are_given() -> None:
    """A name with a placeholder that no entity gives would show its braces."""
    names = (
        entity["name"]
        for names in ENGLISH["entity"].values()
        for entity in names.values()
    )
    assert {each for name in names for each in placeholders(name)} == {
        "phase",
        "ct",
        "role",
    }


def issue_texts() -> Iterator[tuple[str, str]]:
    """Yield the key and the whole description of each issue."""
    for key, issue in ENGLISH["issues"].items():
        steps = issue.get("fix_flow", {}).get("step", {}).values()
        yield (
            key,
            " ".join(
                each["description"] for each in (issue, *steps) if "description" in each
            ),
        )


@pytest.mark.parametrize(("key", "text"), issue_texts())
def test_work_on_a_ct_is_for_an_electrician(key: str, text: str) -> None:
    """A text about turning, moving or checking a CT says who may do it."""
    if re.search(r"\bCTs?\b|panel|neutral|conductor", text) is None:
        return
    assert "electrician" in text or "Have your installer" in text, key
    if re.search(r"\b(turned|moved|checked|correct it)\b", text):
        assert "with the power off" in text, key


def test_confirming_buttons_say_what_they_do() -> None:
    """Home Assistant's own word, Submit, does not."""
    for issue in ENGLISH["issues"].values():
        step = issue.get("fix_flow", {}).get("step", {}).get(CONFIRM)
        assert step is None or step["submit"]


def test_placeholders_of_other_texts_are_given() -> None:
    """Each name stands in the code that gives it; `shown_texts` checks which text gets it."""
    given = strings() | {node.arg for node in nodes() if isinstance(node, ast.keyword)}
    for part in ("config", "options", "issues", "exceptions"):
        assert placeholders(json.dumps(ENGLISH[part])) <= given, part


def test_title_of_flows_has_the_placeholder_of_home_assistant() -> None:
    """Home Assistant starts a reauth with the entry's title as the only placeholder."""
    assert placeholders(ENGLISH["config"]["flow_title"]) == {"name"}
