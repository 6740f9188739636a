"""Redact a gateway's answers, but for what is known to be harmless.

A value stays only if its key is known, and it has the form of that key's values: a measured number, a yes or no, a role, a location, a type, a status, a version, a
hash, a stamp (in UTC), a word of an error text. A key stays if the API has it. A
placeholder stands for all else, so what a new firmware adds is redacted.

The same value gets the same placeholder everywhere, as a key and in an error text too.
It keeps what shows the kind of a name (a DIN's part number, what the gateway adds to a
serial): so the file can be served and parsed again.

The work is bounded: an answer with more values than any gateway has is cut.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import takewhile
from math import copysign, isfinite
from typing import Final

from ..gateway.vocabulary import KEYS, LOCATIONS, METER_TYPE, is_common_word
from .forms import (
    IDENTIFYING,
    is_measured,
    redacted_error,
    redacted_text,
)
from .placeholders import Placeholders

type Json = dict[str, Json] | list[Json] | str | float | int | bool | None

# Deeper ones are no answer of a gateway, nor are larger ones: some meters have a
# hundred values each.
_DEEPEST: Final = 32
_MOST_VALUES: Final = 5000
_HIGHEST: Final = 1e15
_CUT_OFF: Final = "... (cut off)"

# Stand for the key of a payload as a whole, and for one that is not known: of what is
# under that, nothing is known.
_WHOLE: Final = "."
_UNKNOWN: Final = ""

# What our own keys are made of, besides locations and types of meters.
_WORDS_OF_NAMES: Final = frozenset(
    {
        *("neurio", "trm", "w1", "w2", "tcp", "mb", "energy", "exported", "imported"),
        *("ct1", "ct2", "ct3", "ct4"),
        *(word for location in LOCATIONS for word in location.split("_")),
    }
)


class Redactor:
    """The redaction of payloads that belong together: equal values stay equal."""

    def __init__(self, payloads: Iterable[Json], secrets: Iterable[str]) -> None:
        """Collect the names in these payloads, and the secrets."""
        self._placeholders = Placeholders()
        self._remaining = 0
        for secret in secrets:
            # The words that all gateways use are no secrets.
            if not is_common_word(secret):
                self._placeholders.learn_secret(secret)
        for payload in payloads:
            self._remaining = _MOST_VALUES
            self._learn(payload, "", 0)

    def payload(self, payload: Json, *, by_name: bool = False) -> Json:
        """Return a payload that can be shown to anyone.

        `by_name` says that the keys of the whole are names, of meters or locations.
        """
        self._remaining = _MOST_VALUES
        if by_name and isinstance(payload, dict):
            return self._object(payload, _WHOLE, 0, by_name=True)
        return self._value(payload, _WHOLE, 0)

    def key(self, key: str) -> str:
        """Return a key that can be shown to anyone."""
        return key if key in KEYS or key in LOCATIONS else self.identifier(key)

    def identifier(self, text: str) -> str:
        """Return the placeholder of a name."""
        return self._placeholders.of(text)

    def name(self, text: str) -> str:
        """Return a redacted name of a part of a gateway, such as `neurio_tcp_12345_site`.

        Words of the API stay at both ends; what is between them is a name.
        """
        words = text.split("_")
        start, end = 0, len(words)
        while start < end and _is_word_of_name(words[start]):
            start += 1
        while start < end and _is_word_of_name(words[end - 1]):
            end -= 1
        middle = "_".join(words[start:end])
        placeholder = [self.identifier(middle)] if middle else []
        return "_".join([*words[:start], *placeholder, *words[end:]])

    def error(self, text: str) -> str:
        """Return an error text, reduced to the words that all gateways use."""
        return redacted_error(text, self._placeholders)

    def number(self, value: float, key: str) -> float:
        """Return a number unchanged if it is in the range of its field.

        A number out of range keeps its sign and magnitude, since it may be the cause of a
        problem; all other numbers are replaced.
        """
        measured = is_measured(value, key)
        if measured is None:
            return self._placeholders.of_number(value)
        if measured and not self._placeholders.is_name(str(value)):
            return value
        if not isfinite(value):
            return 0
        magnitude = 1
        while magnitude <= min(abs(value), _HIGHEST):
            magnitude *= 10
        return (
            copysign(magnitude, value)
            if isinstance(value, float)
            else (magnitude if value >= 0 else -magnitude)
        )

    def _is_within_limit(self, _: object) -> bool:
        return self._remaining >= 0

    def _learn(self, value: Json, key: str, depth: int) -> None:
        self._remaining -= 1
        match value:
            case _ if depth > _DEEPEST:
                pass
            case dict():
                for name, item in takewhile(self._is_within_limit, value.items()):
                    if name not in KEYS and name not in LOCATIONS:
                        self._placeholders.learn(name)
                    self._learn(item, name, depth + 1)
            case list():
                for item in takewhile(self._is_within_limit, value):
                    self._learn(item, key, depth + 1)
            case str() if key in IDENTIFYING:
                self._placeholders.learn(value)
            case str():
                self._placeholders.reserve(value)

    def _value(self, value: Json, key: str, depth: int) -> Json:
        self._remaining -= 1
        match value:
            case _ if depth > _DEEPEST:
                return None
            case dict():
                return self._object(value, key, depth)
            case list():
                return self._list(value, key, depth)
            case str():
                return redacted_text(value, key, self._placeholders)
            case bool() | None:
                return value
        return self.number(value, key)

    def _list(self, items: Iterable[Json], key: str, depth: int) -> Json:
        found: list[Json] = []
        for item in items:
            if self._remaining < 0:
                found.append(_CUT_OFF)
                break
            found.append(self._value(item, key, depth + 1))
        return found

    def _object(
        self,
        fields: Mapping[str, Json],
        key: str,
        depth: int,
        *,
        by_name: bool = False,
    ) -> Json:
        found: dict[str, Json] = {}
        # By key, how often it was given: to names that differ in their case alone.
        given: Counter[str] = Counter()
        for name, item in fields.items():
            if self._remaining < 0:
                found[_CUT_OFF] = None
                break
            shown = self.key(name)
            given[shown] += 1
            if (times := given[shown]) > 1:
                shown = f"{shown}_{times}"
            known_as = name if key and name in KEYS else _UNKNOWN
            if by_name and known_as == _UNKNOWN:
                known_as = _WHOLE
            found[shown] = self._value(item, known_as, depth + 1)
        return found


def _is_word_of_name(word: str) -> bool:
    return word in _WORDS_OF_NAMES or bool(METER_TYPE.fullmatch(word))
