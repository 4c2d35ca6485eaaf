"""The source cut into tokens: for spans of conditions, and for mistakes that the parser words badly."""

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

_TOKEN = re.compile(
    r"""
      (?P<blank>\s+|//[^\n]*)
    | (?P<text>[rRbB]{0,2}(?:\"\"\"(?:[^\\]|\\.)*?\"\"\"|'''(?:[^\\]|\\.)*?'''|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'))
    | (?P<number>0[xX][0-9a-fA-F]+[uU]?|(?:\d+\.\d+|\.\d+|\d+)(?:[eE][+-]?\d+)?[uU]?)
    | (?P<name>[A-Za-z_][A-Za-z0-9_]*|`[^`\n]*`)
    | (?P<sign>&&|\|\||==|!=|<=|>=|[-<>!+*/%?:.,()\[\]{}])
    | (?P<other>.)
    """,
    re.VERBOSE | re.DOTALL,
)
_CLOSES = {")": "(", "]": "[", "}": "{"}
OPENS = frozenset("([{")


@dataclass(frozen=True, slots=True)
class Token:
    """`kind` is text, number, name, sign or other."""

    kind: str
    text: str
    start: int
    end: int


class Source:
    """A rule's text with its tokens. Offsets count code points from 0; lines and columns from 1."""

    def __init__(self, text: str) -> None:
        self.text = text

    @cached_property
    def tokens(self) -> list[Token]:
        return [
            Token(match.lastgroup or "other", match.group(), match.start(), match.end())
            for match in _TOKEN.finditer(self.text)
            if match.lastgroup != "blank"
        ]

    @cached_property
    def _starts(self) -> list[int]:
        return [token.start for token in self.tokens]

    @cached_property
    def mates(self) -> dict[int, int]:
        """Index of a bracket's token → index of its partner's, both ways; one without a partner is not there."""
        mates: dict[int, int] = {}
        opened: list[int] = []
        for index, token in enumerate(self.tokens):
            if token.kind != "sign":
                continue
            if token.text in OPENS:
                opened.append(index)
            elif token.text in _CLOSES:
                if opened and self.tokens[opened[-1]].text == _CLOSES[token.text]:
                    mates[index] = opened.pop()
                    mates[mates[index]] = index
                else:
                    break
        return mates

    def index_at(self, offset: int) -> int:
        """Return the index of the token that begins at or after an offset."""
        return bisect_left(self._starts, offset)

    def token_at(self, offset: int) -> Token | None:
        index = bisect_left(self._starts, offset)
        return self.tokens[index] if index < len(self.tokens) else None

    def closing(self, offset: int) -> int:
        """Return where the bracket that opens at an offset ends."""
        index = self.index_at(offset)
        return self.tokens[self.mates.get(index, index)].end

    def balanced(self, start: int, end: int) -> tuple[int, int]:
        """Widen a span until every bracket in it has its partner in it."""
        first, last = self.index_at(start), self.index_at(end) - 1
        index = first
        while index <= last:
            mate = self.mates.get(index, index)
            if mate < first:
                first = mate
            last = max(last, mate)
            index += 1
        return self.tokens[first].start, self.tokens[last].end

    def line_and_column(self, offset: int) -> tuple[int, int]:
        return self.text.count("\n", 0, offset) + 1, offset - self.text.rfind("\n", 0, offset)

    def offset(self, line: int, column: int) -> int:
        """Return the offset of a line and column as the parser counts them; of a place outside the text, its end."""
        lines = self.text.split("\n")
        if not 1 <= line <= len(lines):
            return len(self.text)
        start = sum(len(before) + 1 for before in lines[: line - 1])
        return min(max(start + column - 1, 0), len(self.text))

    def depth(self) -> Iterator[tuple[int, Token]]:
        """Yield every opening bracket with how many are open there."""
        depth = 0
        for token in self.tokens:
            if token.kind == "sign" and token.text in OPENS:
                depth += 1
                yield depth, token
            elif token.kind == "sign" and token.text in _CLOSES:
                depth -= 1
