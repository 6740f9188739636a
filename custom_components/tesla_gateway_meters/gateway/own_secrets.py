"""Takes our own secrets out of what a gateway says, before anything keeps it.

A gateway that is broken, or not what it seems, may repeat what it was sent: in an
error, as a version, as the name of a location. From there it would get into states,
events, the device registry and repairs.
"""

from base64 import b32encode, b64encode
from collections.abc import Iterable
from contextlib import suppress
from html import escape
import json
import re
from typing import Final
import unicodedata
from urllib.parse import quote, quote_plus

import orjson

from .vocabulary import is_word_of_all

_PLACEHOLDER: Final = "redacted"
# Shorter ones occur by chance, and those that are not long within other words: a
# gateway's first password is the end of its serial.
_SHORTEST: Final = 4
_LONG: Final = 8
_LONG_NUMBER: Final = 10 ** (_LONG - 1)
_SHORTEST_BASE64: Final = 6
# A stamp may hold a password such as 2026.
_STAMP = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9:.]{8,20}[Z0-9:+ -]{1,8}")


class OwnSecrets:
    """The secrets that we send to a gateway, in all the forms that it may repeat."""

    def __init__(self, *secrets: str | None, known_as: str | None = None) -> None:
        """Look for these secrets; `known_as` is the gateway's DIN, which stays.

        Secrets of fewer than four characters, and words that any gateway uses, are
        not looked for.
        """
        patterns: dict[str, str] = {}
        for secret in secrets:
            if secret and len(secret) >= _SHORTEST and not is_word_of_all(secret):
                patterns |= _patterns(secret)
        self._forms = [
            # Of other letters the bytes do not tell the case.
            (
                orjson.dumps(form)[1:-1].lower() if form.isascii() else b"",
                patterns[form],
            )
            for form in sorted(patterns, key=len, reverse=True)
        ]
        self._known_as = "" if known_as is None else known_as.casefold()

    def removed(self, body: bytes, data: object) -> object:
        """Return the data of an answer's body without secrets and e-mail addresses.

        An answer that has none, as all good ones, costs one search of its bytes. The
        data is altered in place.
        """
        text = body
        if b"\\" in body:
            # An escape may hide a letter of a secret.
            with suppress(TypeError):
                text = orjson.dumps(data)
        is_readable = text is not body or b"\\" not in body
        folded = text.lower()
        found = [
            pattern
            for form, pattern in self._forms
            # What is nested too deeply to be written is searched for all.
            if not is_readable or form in folded
        ]
        if not found and b"@" not in text:
            return data
        return _Removal(found, self._known_as).value(data)


class _Removal:
    """Replaces what these patterns find, in one answer."""

    def __init__(self, patterns: Iterable[str], known_as: str) -> None:
        """Compile them: few are found in an answer."""
        self._pattern = re.compile("|".join(patterns) or "(?!)", re.IGNORECASE)
        self._known_as = known_as

    def value(self, data: object) -> object:
        """Return the data without them; not recursive, as it may be nested deeply."""
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
    """Return a secret as it is, and as URLs, HTML, JSON, hex and base64 write it.

    Each form has the pattern that finds it. JSON and URLs may be within another.
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
    """Return what is the same of all base64 in which this many bytes stand before it."""
    # Six bits a letter: the first and the last may have bits of other bytes.
    first, end = -(-offset * 8 // 6), (offset + len(raw)) * 8 // 6
    letters = b64encode(bytes(offset) + raw).decode()[first:end]
    if len(letters) < _SHORTEST_BASE64:
        return set()
    return {letters, letters.replace("+", "-").replace("/", "_")}


def _pattern(form: str) -> str:
    if len(form) >= _LONG:
        return re.escape(form)
    return rf"(?<![^\W_]){re.escape(form)}(?![^\W_])"
