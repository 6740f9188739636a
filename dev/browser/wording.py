"""Check that a page shows texts, not keys, placeholders or errors."""

import json
import re
from typing import Any

from playwright.sync_api import Page

from .home import ROOT
from .pages import DOMAIN

ENGLISH: dict[str, Any] = json.loads(
    (ROOT / "custom_components" / DOMAIN / "translations" / "en.json").read_text()
)
# All text that is rendered, in the shadow roots too.
ALL_TEXT = """
() => {
  const texts = [];
  const visit = node => {
    if (node.nodeType === Node.TEXT_NODE) { texts.push(node.data); return; }
    if (node.nodeType === Node.ELEMENT_NODE) {
      if (["SCRIPT", "STYLE", "TEMPLATE"].includes(node.tagName)) return;
      for (const name of ["label", "helper", "heading", "header", "placeholder"])
        if (typeof node[name] === "string") texts.push(node[name]);
      if (node.shadowRoot) node.shadowRoot.childNodes.forEach(visit);
    }
    node.childNodes.forEach(visit);
  };
  visit(document.body);
  return texts.map(text => text.trim()).filter(text => text).join("\\n");
}
"""
ERRORS = re.compile(
    r"\[formatjs|MISSING_VALUE|MISSING_TRANSLATION|\bundefined\b|\[object Object\]"
    r"|Translation error|\bcomponent\.\w+\.|\bui\.(panel|dialogs|common|components)\."
    r"|\{\w+\}"
)


def _keys(texts: object) -> set[str]:
    """Return the keys of texts that no text contains: those with an underscore."""
    if not isinstance(texts, dict):
        return set()
    keys = {key for key in texts if "_" in key}
    return keys.union(*(_keys(each) for each in texts.values()))


KEYS = _keys({part: ENGLISH[part] for part in ("config", "options", "issues")})
# The action's fields are named with their keys, for those who write YAML.
KEYS -= {"config_entry_id"}


def text_of(page: Page) -> str:
    """Return all text of a page, dialogs included."""
    text: str = page.evaluate(ALL_TEXT)
    return text


def flaws_in(text: str) -> list[str]:
    """Return the lines of a page's text that no user should see."""
    words = re.compile(rf"\b({'|'.join(sorted(KEYS))})\b")
    return [
        line for line in text.splitlines() if ERRORS.search(line) or words.search(line)
    ]


def check_wording(page: Page) -> None:
    """Check that the page shows texts alone."""
    text = text_of(page)
    assert text
    assert flaws_in(text) == []
