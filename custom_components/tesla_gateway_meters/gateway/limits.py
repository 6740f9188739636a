"""Bounds of what one gateway may bring, whatever it answers.

A gateway is a device on somebody's network: its names become entities and its texts
are shown. Whatever an answer holds, reading it takes time in proportion to its size.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final

from .fields import JsonObject

# Characters.
LONGEST_NAME: Final = 64
# What is a part of a name, as a role in `Site CT1 inverted`: the whole is no longer.
LONGEST_PART: Final = 32
LONGEST_STATE: Final = 255
LONGEST_TEXT: Final = 500

LOCATIONS: Final = 16
METERS: Final = 32
CTS: Final = 8
ROLES: Final = 16

# Words that nobody knows: those after them are counted together.
_WORDS: Final = 16
_OTHER_WORDS: Final = "others"


class Limits:
    """Cleans and bounds the parts of all answers of one gateway, and counts the rest.

    What was admitted once stays admitted: what is made of it is bounded over all
    answers together, and does not depend on their order.
    """

    __slots__ = ("_admitted", "_cut", "_messages", "_unknown_words")

    def __init__(self) -> None:
        """Start with nothing admitted and nothing cut."""
        self._admitted: dict[str, set[str]] = {}
        self._cut: Counter[str] = Counter()
        self._unknown_words: Counter[str] = Counter()
        self._messages: list[str] = []

    @property
    def cut(self) -> Mapping[str, int]:
        """In how many answers something was cut, by what it was."""
        return self._cut

    @property
    def unknown_words(self) -> Mapping[str, int]:
        """How often a word came that has no meaning here, by the word."""
        return self._unknown_words

    def take_messages(self) -> list[str]:
        """Return what is to be logged and has not been returned before."""
        messages, self._messages = self._messages, []
        return messages

    def text(
        self, data: JsonObject, key: str, longest: int = LONGEST_NAME
    ) -> str | None:
        """Read a text, cleaned and bounded; an empty one is None."""
        value = data.get(key)
        return self.cleaned(value, longest, key) if type(value) is str else None

    def cleaned(self, value: str, longest: int, what: str) -> str | None:
        """Strip a text, and bound its length in characters; an empty one is None.

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

    def admit(self, what: str, name: str, most: int) -> bool:
        """Tell whether this is one of the first names of a kind."""
        admitted = self._admitted.setdefault(what, set())
        if name in admitted:
            return True
        if len(admitted) < most:
            admitted.add(name)
            return True
        self.note_excess(what, most)
        return False

    def is_admitted(self, what: str, name: str) -> bool:
        """Tell whether a name was admitted before."""
        return name in self._admitted.get(what, ())

    def note_excess(self, what: str, most: int) -> None:
        """Count that there was more of something than is read."""
        self._note_cut(what, f"{what}: more than {most}, the rest is left out")

    def note_unknown(self, what: str, word: str) -> None:
        """Count a word that has no meaning here."""
        if word not in self._unknown_words:
            if len(self._unknown_words) >= _WORDS:
                word = _OTHER_WORDS
            if word not in self._unknown_words:
                self._messages.append(f"{what}: the word {word!r} is not known")
        self._unknown_words[word] += 1

    def _note_cut(self, what: str, message: str) -> None:
        if what not in self._cut:
            self._messages.append(message)
        self._cut[what] += 1
