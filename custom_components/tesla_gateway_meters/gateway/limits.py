"""Bounds of what one gateway can create, whatever it answers.

Names that a gateway gives become entities, and its texts are shown. Whatever an answer
holds, parsing it takes time in proportion to its size.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Final

from .fields import JsonObject
from .vocabulary import KNOWN_LOCATIONS

# Characters.
LONGEST_NAME: Final = 64
# A part of a name, as the role in `Grid CT1 polarity`.
LONGEST_PART: Final = 32
LONGEST_STATE: Final = 255
LONGEST_TEXT: Final = 500

MAX_LOCATIONS: Final = 16
MAX_NEW_LOCATIONS: Final = MAX_LOCATIONS - len(KNOWN_LOCATIONS)
MAX_METERS: Final = 32
MAX_CTS: Final = 8
MAX_ROLES: Final = 16

# Unknown words beyond these are counted together.
_MAX_WORDS: Final = 16
_OTHER_WORDS: Final = "others"


class Kind(StrEnum):
    """A kind of name that a gateway gives."""

    LOCATION = "locations"
    METER = "meters"
    METER_ENTRY = "meter entries"


class Limits:
    """The bounds of all answers of one gateway, and counts of what was beyond them.

    A name that was admitted stays admitted, so that names are bounded over all answers
    together. A name of one kind is none of another: each is that of a device.
    """

    __slots__ = ("_admitted", "_cut", "_messages", "_unknown_words")

    def __init__(self) -> None:
        """Start with nothing admitted and nothing cut."""
        self._admitted: dict[Kind, set[str]] = {kind: set() for kind in Kind}
        self._cut: Counter[str] = Counter()
        self._unknown_words: Counter[str] = Counter()
        self._messages: list[str] = []

    @property
    def cut(self) -> Mapping[str, int]:
        """The number of answers in which something was cut, by what it was."""
        return self._cut

    @property
    def unknown_words(self) -> Mapping[str, int]:
        """The number of times an unknown word came, by the word."""
        return self._unknown_words

    def take_messages(self) -> list[str]:
        """Return the messages to be logged, each of them once."""
        messages, self._messages = self._messages, []
        return messages

    def text(
        self, data: JsonObject, key: str, longest: int = LONGEST_NAME
    ) -> str | None:
        """Return a text, cleaned and bounded; an empty one is None."""
        value = data.get(key)
        return self.cleaned(value, longest, key) if type(value) is str else None

    def cleaned(self, value: str, longest: int, what: str) -> str | None:
        """Return a text stripped and cut after `longest` characters; None if empty.

        Control characters, surrogates and the like become spaces.
        """
        value = value.strip()
        if not value.isprintable():
            value = " ".join(
                "".join(each if each.isprintable() else " " for each in value).split()
            )
        if len(value) > longest:
            self._note_cut(what, f"{what}: a text was cut after {longest} characters")
            value = value[:longest].rstrip()
        return value or None

    def first[T](self, items: Sequence[T], most: int, what: str) -> Sequence[T]:
        """Return this many items at most."""
        if len(items) <= most:
            return items
        self.note_excess(what, most)
        return items[:most]

    def restore_locations(self, names: Iterable[str]) -> None:
        """Admit locations that were admitted before a restart."""
        for name in names:
            if name not in KNOWN_LOCATIONS:
                self.admit(Kind.LOCATION, name, MAX_NEW_LOCATIONS)

    def admit(self, kind: Kind, name: str, most: int) -> bool:
        """Return whether a name is one of the first of its kind, and of no other."""
        admitted = self._admitted[kind]
        if name in admitted:
            return True
        if any(name in names for names in self._admitted.values()):
            return False
        if len(admitted) < most:
            admitted.add(name)
            return True
        self.note_excess(kind, most)
        return False

    def is_admitted(self, kind: Kind, name: str) -> bool:
        """Return whether a name was admitted before."""
        return name in self._admitted[kind]

    def note_excess(self, what: str, most: int) -> None:
        """Count an answer that has more of something than is parsed."""
        self._note_cut(what, f"{what}: more than {most}, the rest is left out")

    def note_unknown(self, what: str, word: str) -> None:
        """Count a word that is not known."""
        if word not in self._unknown_words:
            if len(self._unknown_words) >= _MAX_WORDS:
                word = _OTHER_WORDS
            if word not in self._unknown_words:
                self._messages.append(f"{what}: the word {word!r} is not known")
        self._unknown_words[word] += 1

    def _note_cut(self, what: str, message: str) -> None:
        if what not in self._cut:
            self._messages.append(message)
        self._cut[what] += 1
