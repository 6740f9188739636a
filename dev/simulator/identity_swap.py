"""Another gateway's identity in otherwise equal payloads."""

from hashlib import sha256
import re
from typing import Any

from .go_format import Json
from .profiles.base import Endpoints


class IdentitySwap:
    """The replacement of DIN and serials of meters and batteries in payloads."""

    def __init__(self, endpoints: Endpoints, own: str, din: str) -> None:
        """Replace the identity of these endpoints, `own` being their DIN, by that of `din`."""
        serials, words = _identifiers(endpoints)
        self._names = {
            **{name: _other(name, din) for name in serials | words},
            own: din,
        }
        # A Neurio's five digits stand in host names too, but mean nothing within a number.
        patterns = [
            *(re.escape(name) for name in sorted({own} | serials)),
            *(rf"(?<![\w.]){re.escape(word)}(?!\w)" for word in sorted(words)),
        ]
        self._pattern = re.compile("|".join(patterns))

    def apply(self, value: Json) -> Json:
        """Return a payload with the other identity."""
        if isinstance(value, dict):
            return {self._text(key): self.apply(item) for key, item in value.items()}
        if isinstance(value, list):
            return [self.apply(item) for item in value]
        return self._text(value) if isinstance(value, str) else value

    def _text(self, text: str) -> str:
        return self._pattern.sub(lambda match: self._names[match[0]], text)


def _identifiers(endpoints: Endpoints) -> tuple[set[str], set[str]]:
    """Return the serials, which may stand within a longer name, and the short numbers."""
    meters: Any = endpoints["meters"]() if "meters" in endpoints else []
    packs: Any = endpoints["powerwalls"]() if "powerwalls" in endpoints else {}
    serials = {one["PackageSerialNumber"] for one in packs.get("powerwalls", ())}
    words = set()
    for meter in meters:
        serials.add(meter["serial"].removesuffix(meter["type"]))
        if "mac" in meter:
            serials.add(meter["mac"])
            words.add(meter["short_id"])
    return serials, words


def _other(name: str, din: str) -> str:
    """Return a name of the same form in which each digit is another, the same for each DIN."""
    digits = iter(sha256(f"{din} {name}".encode()).digest())
    return "".join(
        str((int(letter) + 1 + next(digits) % 9) % 10) if letter.isdecimal() else letter
        for letter in name
    )
