"""What a gateway says, in texts that Home Assistant shows as markdown."""

import re
from typing import Final

_LONGEST: Final = 500
# All that markdown gives a meaning to, and what makes a link of a plain address.
_MEANS_SOMETHING = re.compile(r"[\\`*_{}\[\]()#+\-.!|~@/=$^]")
_HTML: Final = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}


def as_plain_text(text: str) -> str:
    """Return markdown that shows this text as it is, in one line, whatever it holds.

    What has no glyph (line ends, what turns the direction of writing round) is a space.
    """
    visible = "".join(each if each.isprintable() else " " for each in text[:_LONGEST])
    line = " ".join(visible.split())
    escaped = _MEANS_SOMETHING.sub(r"\\\g<0>", line)
    return "".join(_HTML.get(each, each) for each in escaped)
