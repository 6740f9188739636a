"""Tests that a gateway's texts are escaped in markdown."""

import re
import string

from hypothesis import given, strategies as st
import pytest

from custom_components.tesla_gateway_meters.markdown import as_plain_text

_HTML = {"&amp;": "&", "&lt;": "<", "&gt;": ">"}


def shown(markdown: str) -> str:
    """Return the text that a reader of markdown makes of escapes and entities."""
    plain = re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", markdown)
    return re.sub("|".join(_HTML), lambda match: _HTML[match[0]], plain)


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "[click](https://evil.example) ![x](http://evil.example/x.png)",
        "**bold** _it_ `code` ~~no~~ | a | b |",
        "https://evil.example www.evil.example a@evil.example",
        "&lt;b&gt; &#42; a && b",
        "\\*\\[ $x$ ^1^ === ---",
        "1. one - two + three # four > five",
    ],
)
def test_markdown_shows_the_text_itself(text: str) -> None:
    """Nothing of it is markup, and all of it is readable."""
    markdown = as_plain_text(text)
    assert shown(markdown) == text
    assert not re.search(r"(?<!\\)[*_`\[\]()#~|@/!.^$={}+-]", markdown)
    assert not re.search(r"[<>]|&(?!(amp|lt|gt);)", markdown)


def test_one_line() -> None:
    """No line of it begins anew, and nothing turns the writing round."""
    assert (
        as_plain_text("a\n\n    # b\r\n- c\u202e d\x00\u2028e") == "a \\# b \\- c d e"
    )


def test_ordinary_text_stays() -> None:
    """A text without markup is as it was."""
    assert as_plain_text("Meter X: no such host") == "Meter X: no such host"


@given(st.text(string.printable + "äß\u202e\u200b", max_size=100))
def test_any_text(text: str) -> None:
    """The rendered text equals the original one."""
    visible = "".join(each if each.isprintable() else " " for each in text)
    assert shown(as_plain_text(text)) == " ".join(visible.split())
