"""A regular expression for Polars' engine that is found wherever RE2 finds another: a sieve, not an answer.

Polars reads a column of texts many times as fast as RE2 is asked text by text, but its letters, digits, spaces and borders of words
are Unicode's and RE2's are ASCII's. So the classes are spelled out, a border of words is left out, and a part of which it is not certain
that it can be written no narrower is not written at all.
"""

import re
from collections.abc import Iterator

_CLASSES = {"d": "0-9", "s": r"\x{9}\x{a}\x{c}\x{d}\x{20}", "w": "0-9A-Za-z_"}
"""What RE2 takes them for: https://github.com/google/re2/wiki/Syntax."""
_CONTROLS = {"a": "\a", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}
_REPEATED = re.compile(r"[*+?]\??|\{[0-9]+(?:,[0-9]*)?\}\??")
_GROUPS = ("(?:", "(?i:", "(?i)")
_NOTHING = "(?:)"


class NoSuperset(Exception):
    """The pattern has a part that is not known to be no narrower."""


def superset(pattern: str) -> str:
    """The wider expression of a pattern that RE2 accepts. Raises NoSuperset."""
    return "".join(_Reading(pattern).parts())


class _Reading:
    def __init__(self, pattern: str) -> None:
        self.pattern, self.place = pattern, 0

    def parts(self) -> Iterator[str]:
        while self.place < len(self.pattern):
            yield self._part()

    def _part(self) -> str:
        if repeated := _REPEATED.match(self.pattern, self.place):
            self.place = repeated.end()
            return repeated.group()
        if group := next((each for each in _GROUPS if self.pattern.startswith(each, self.place)), ""):
            self.place += len(group)
            return group
        char = self._next()
        match char:
            case "\\":
                return self._escaped()
            case "[":
                return self._class()
            case "(":
                if self.pattern.startswith("?", self.place):
                    raise NoSuperset
                return "(?:"
            case ")" | "|" | "." | "^" | "$":
                return char
        return _literal(char)

    def _next(self) -> str:
        if self.place >= len(self.pattern):
            raise NoSuperset
        self.place += 1
        return self.pattern[self.place - 1]

    def _escaped(self) -> str:
        char = self._next()
        if char in "bB":
            return _NOTHING
        if char in "Az":
            return f"\\{char}"
        if char in _CLASSES:
            return f"[{_CLASSES[char]}]"
        if char.lower() in _CLASSES:
            return f"[^{self._all_but(char.lower())}]"
        return _literal(_of_escape(char))

    def _class(self) -> str:
        negated = self.pattern.startswith("^", self.place)
        self.place += negated
        entries: list[str] = []
        while (char := self._next()) != "]" or not entries:
            entries.append(self._entry(char, negated=negated))
        if negated and "(?i" in self.pattern and not self.pattern.isascii():
            raise NoSuperset  # what folds to what may be of another version of Unicode
        return f"[{'^' if negated else ''}{''.join(entries)}]"

    def _entry(self, char: str, *, negated: bool) -> str:
        """A character, a range of them or a class of their own."""
        if char in "[]":
            raise NoSuperset
        if char == "\\":
            char = self._next()
            if char in _CLASSES:
                return self._all_but(char) if negated else _CLASSES[char]
            char = _of_escape(char)
        if not self.pattern.startswith("-", self.place) or self.pattern.startswith("-]", self.place):
            return _literal(char)
        self._next()
        last = self._next()
        if last == "[":
            raise NoSuperset
        if last == "\\":
            last = _of_escape(self._next())
        return f"{_literal(char)}-{_literal(last)}"

    def _all_but(self, char: str) -> str:
        """A class to be left out. Letters may fold to others in one engine that they do not fold to in the other."""
        if char == "w" and "(?i" in self.pattern:
            raise NoSuperset
        return _CLASSES[char]


def _of_escape(char: str) -> str:
    """The character that one after a backslash stands for. A letter or a digit that stands for more than itself has none."""
    if char in _CONTROLS:
        return _CONTROLS[char]
    if char.isalnum() or not char.isascii():
        raise NoSuperset
    return char


def _literal(char: str) -> str:
    """The same character, whatever it means to whom."""
    return char if char.isascii() and char.isalnum() else f"\\x{{{ord(char):x}}}"
