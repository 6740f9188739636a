"""Check of the texts that flows and repairs show: each placeholder in them is given.

The frontend shows an error in place of a text with a placeholder that is not given.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
import functools
import json
from pathlib import Path
import re
from typing import Any
from unittest.mock import patch

from homeassistant.config_entries import ConfigFlow, OptionsFlow
from homeassistant.data_entry_flow import FlowHandler
from homeassistant.helpers import issue_registry as ir

from custom_components.tesla_gateway_meters.const import DOMAIN

ENGLISH: dict[str, Any] = json.loads(
    Path(__file__)
    .parents[1]
    .joinpath("custom_components", DOMAIN, "translations", "en.json")
    .read_text("utf-8")
)


def placeholders(text: str) -> set[str]:
    """Return the names of the placeholders in a text, or in the JSON of several."""
    return set(re.findall(r"\{(\w+)\}", text))


def missing(texts: object, given: Mapping[str, str] | None) -> set[str]:
    """Return the placeholders of these texts that are not given."""
    return placeholders(json.dumps(texts)) - set(given or {})


@contextmanager
def checked_texts() -> Iterator[set[str]]:
    """Check each form, menu and issue while the context lasts; yields the names of steps."""
    problems: list[str] = []
    shown: set[str] = set()

    def note(name: str, texts: object, given: Mapping[str, str] | None) -> None:
        shown.add(name)
        if lacking := missing(texts, given):
            problems.append(f"{name} lacks {sorted(lacking)}")

    def check_step(flow: FlowHandler[Any, Any], fields: Mapping[str, Any]) -> None:
        name, texts = _texts_of(flow)
        if texts is None:
            return
        step = fields["step_id"]
        note(f"{name} {step}", texts["step"][step], fields["description_placeholders"])
        titled = flow.context.get("title_placeholders")
        if titled and "flow_title" in texts:
            note("flow_title", texts["flow_title"], titled)

    def checking(show: Any) -> Any:
        @functools.wraps(show)
        def checked(flow: FlowHandler[Any, Any], **fields: Any) -> Any:
            check_step(flow, {"description_placeholders": None} | fields)
            return show(flow, **fields)

        return checked

    create_issue = ir.async_create_issue

    def create_checked(hass: Any, domain: str, issue_id: str, **fields: Any) -> None:
        if domain == DOMAIN:
            key = fields["translation_key"]
            texts = {**ENGLISH["issues"][key], "fix_flow": None}
            note(f"issue {key}", texts, fields.get("translation_placeholders"))
        create_issue(hass, domain, issue_id, **fields)

    with (
        patch.object(
            FlowHandler, "async_show_form", checking(FlowHandler.async_show_form)
        ),
        patch.object(
            FlowHandler, "async_show_menu", checking(FlowHandler.async_show_menu)
        ),
        patch.object(ir, "async_create_issue", create_checked),
    ):
        yield shown
    assert problems == []


def _texts_of(flow: FlowHandler[Any, Any]) -> tuple[str, dict[str, Any] | None]:
    """Return a name and the texts of the flow, None for one of another integration."""
    if isinstance(flow, ConfigFlow):
        return "config", ENGLISH["config"] if flow.handler == DOMAIN else None
    if isinstance(flow, OptionsFlow):
        is_ours = flow.config_entry.domain == DOMAIN
        return "options", ENGLISH["options"] if is_ours else None
    issue = ir.async_get(flow.hass).async_get_issue(
        DOMAIN, getattr(flow, "issue_id", "")
    )
    if issue is None or issue.translation_key is None:
        return "", None
    return issue.translation_key, ENGLISH["issues"][issue.translation_key]["fix_flow"]
