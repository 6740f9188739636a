"""Redaction of our own secrets in a gateway's answers, before they are stored.

A gateway that is broken, or is something else, may repeat what it was sent: in an
error, as a version, as the name of a location. From there it would get into states,
events, the device registry and repairs.
"""

from base64 import b32encode, b64encode
from collections.abc import Iterable
from dataclasses import dataclass
from html import escape
import json
import re
from typing import Final
import unicodedata
from urllib.parse import quote, quote_plus

import orjson

from .vocabulary import is_common_word

_PLACEHOLDER: Final = "redacted"
# Shorter ones occur by chance, and those that are not long within other words: a
# gateway's first password is the end of its serial.
_SHORTEST: Final = 4
_LONG: Final = 8
_LONG_NUMBER: Final = 10 ** (_LONG - 1)
_SHORTEST_BASE64: Final = 6
# Twice the number of endpoints, and bytes: no answer of a gateway has more.
_OUTLINES: Final = 16
_LONGEST_OUTLINE: Final = 16 * 1024
_LOWER_CASE: Final = bytes(range(256)).lower()
_NO_LETTER: Final = r"(?<![^\W_])"
# ASCII only: other letters may be next to a form that is found.
_ALPHANUMERIC = re.compile(rb"[a-z0-9]")
# Those of i, k and s have case variants beyond ASCII.
_ASCII_RUN = re.compile(r"[a-hjl-rt-zA-HJL-RT-Z0-9]+")
# A stamp may hold a password such as 2026.
_STAMP = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9:.]{8,20}[Z0-9:+ -]{1,8}")


@dataclass(frozen=True, slots=True)
class _Form:
    """A form of a secret: a pattern, and bytes of each lower-case text that has it.

    One that `is_word` has no letter or digit next to it.
    """

    probe: bytes
    pattern: str
    is_word: bool

    def may_occur(self, text: bytes) -> bool:
        """Return whether a text, in lower case and without escapes, may have it."""
        at = text.find(self.probe)
        while self.is_word and at >= 0:
            end = at + len(self.probe)
            around = text[max(at - 1, 0) : at] + text[end : end + 1]
            if not _ALPHANUMERIC.search(around):
                break
            at = text.find(self.probe, at + 1)
        return at >= 0


class OwnSecrets:
    """The secrets that are sent to a gateway, in all forms that it may repeat."""

    def __init__(self, *secrets: str | None, known_as: str | None = None) -> None:
        """Search for these secrets; `known_as` is the gateway's DIN, which stays.

        Secrets of fewer than four characters, and words that any gateway uses, are
        not searched for.
        """
        patterns: dict[str, str] = {}
        for secret in secrets:
            if secret and len(secret) >= _SHORTEST and not is_common_word(secret):
                patterns |= _patterns(secret)
        self._forms = tuple(
            _Form(
                _probe(form),
                patterns[form],
                form.isascii() and patterns[form].startswith(_NO_LETTER),
            )
            for form in sorted(patterns, key=len, reverse=True)
        )
        self._known_as = "" if known_as is None else known_as.casefold()
        self._possible: dict[bytes, tuple[_Form, ...]] = {}

    def redact(self, body: bytes, data: object) -> object:
        """Return the data of an answer's body without secrets and e-mail addresses.

        Data that has none is returned as it is; other data is altered in place.
        """
        text = body
        if b"\\" in body:
            # An escape may hide a letter of a secret.
            try:
                text = orjson.dumps(data)
            except TypeError:
                # Nested too deeply to be written.
                return _Redaction(self._forms, self._known_as).value(data)
        forms = self._possible_forms(text)
        if forms:
            folded = text.lower()
            has_escapes = b"\\" in text
            forms = tuple(
                form
                for form in forms
                if (form.probe in folded if has_escapes else form.may_occur(folded))
            )
        if not forms and b"@" not in text:
            return data
        return _Redaction(forms, self._known_as).value(data)

    def _possible_forms(self, text: bytes) -> tuple[_Form, ...]:
        """Return the forms that may occur in a text, whatever its numbers are.

        A form can only occur if it also does so with the digits of both removed. What
        remains of a gateway's answers rarely changes, so that is searched once.
        """
        outline = _outline(text)
        if (forms := self._possible.get(outline)) is None:
            forms = tuple(
                form for form in self._forms if _outline(form.probe) in outline
            )
            if len(self._possible) == _OUTLINES:
                self._possible.clear()
            if len(outline) <= _LONGEST_OUTLINE:
                self._possible[outline] = forms
        return forms


def _probe(form: str) -> bytes:
    """Return bytes that a lower-case text has wherever it has this form."""
    if form.isascii():
        return orjson.dumps(form)[1:-1].lower()
    # The case of other letters cannot be ignored in bytes.
    return max(_ASCII_RUN.findall(form), key=len, default="").lower().encode()


def _outline(text: bytes) -> bytes:
    return text.translate(_LOWER_CASE, b"0123456789.+-")


class _Redaction:
    """The redaction of one answer."""

    def __init__(self, forms: Iterable[_Form], known_as: str) -> None:
        """Compile the patterns of the forms that the answer has."""
        patterns = "|".join(form.pattern for form in forms)
        self._pattern = re.compile(patterns or "(?!)", re.IGNORECASE)
        self._known_as = known_as

    def value(self, data: object) -> object:
        """Return the redacted data; not recursive, as it may be nested deeply."""
        whole = [data]
        containers: list[object] = [whole]
        while containers:
            match containers.pop():
                case list() as items:
                    for index, item in enumerate(items):
                        items[index] = self._item(item)
                    containers += [each for each in items if _is_container(each)]
                case dict() as fields:
                    renamed = {
                        self._text(key): self._item(item)
                        for key, item in fields.items()
                    }
                    fields.clear()
                    fields.update(renamed)
                    containers += [
                        each for each in renamed.values() if _is_container(each)
                    ]
        return whole[0]

    def _item(self, item: object) -> object:
        if isinstance(item, str):
            return self._text(item)
        # A password of digits alone; shorter ones may be measured values.
        if (
            isinstance(item, int | float)
            and abs(item) >= _LONG_NUMBER
            and self._pattern.fullmatch(str(item).removesuffix(".0"))
        ):
            return None
        return item

    def _text(self, text: str) -> str:
        if _STAMP.fullmatch(text) or text.casefold() == self._known_as:
            return text
        text = self._pattern.sub(_PLACEHOLDER, text)
        if "@" not in text:
            return text
        return "".join(
            _PLACEHOLDER if "@" in word.strip("@") else word
            for word in re.split(r"(\s+)", text)
        )


def _is_container(value: object) -> bool:
    return isinstance(value, dict | list)


def _patterns(secret: str) -> dict[str, str]:
    """Return the forms of a secret, each with the pattern that finds it.

    That is as it is, and in URLs, HTML, JSON, hex and base64; JSON and URLs also
    within another.
    """
    raw = secret.encode()
    in_json = json.dumps(secret)[1:-1]
    in_url = quote(secret, safe="")
    forms = {
        secret,
        unicodedata.normalize("NFC", secret),
        unicodedata.normalize("NFD", secret),
        in_url,
        quote(secret),
        quote_plus(secret),
        quote(in_url, safe=""),
        escape(secret),
        in_json,
        json.dumps(in_json)[1:-1],
        orjson.dumps(secret)[1:-1].decode(),
    }
    encoded = {
        raw.hex(),
        *(raw.hex(between) for between in ": -"),
        # As Go prints bytes, and other languages do.
        *(between.join(map(str, raw)) for between in (" ", ",", ", ")),
        *(
            "".join(form.format(ord(each)) for each in secret)
            for form in ("&#{};", "&#x{:x};", "\\x{:02x}", "\\u{:04x}", "%{:02x}")
        ),
        b32encode(raw).decode().rstrip("="),
    }
    for offset in range(3):
        encoded |= _base64_forms(raw, offset)
    return {form: _pattern(form) for form in forms} | {
        form: re.escape(form) for form in encoded
    }


def _base64_forms(raw: bytes, offset: int) -> set[str]:
    """Return base64 of a secret with this many bytes before it, without its ends."""
    # Six bits a letter: the first and the last may have bits of other bytes.
    first, end = -(-offset * 8 // 6), (offset + len(raw)) * 8 // 6
    letters = b64encode(bytes(offset) + raw).decode()[first:end]
    if len(letters) < _SHORTEST_BASE64:
        return set()
    return {letters, letters.replace("+", "-").replace("/", "_")}


def _pattern(form: str) -> str:
    if len(form) >= _LONG:
        return re.escape(form)
    return rf"{_NO_LETTER}{re.escape(form)}(?![^\W_])"
