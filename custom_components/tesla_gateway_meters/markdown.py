"""Texts from a gateway, escaped for what Home Assistant renders as markdown."""

import re
from typing import Final

_LONGEST: Final = 500
# The characters that markdown interprets, or that make a link of an address.
_SPECIAL = re.compile(r"[\\`*_{}\[\]()#+\-.!|~@/=$^]")
_HTML: Final = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}


def as_plain_text(text: str) -> str:
    """Return markdown that shows a text as it is, in one line.

    Characters without a glyph (line ends, changes of direction) become spaces.
    """
    visible = "".join(each if each.isprintable() else " " for each in text[:_LONGEST])
    line = " ".join(visible.split())
    escaped = _SPECIAL.sub(r"\\\g<0>", line)
    return "".join(_HTML.get(each, each) for each in escaped)
