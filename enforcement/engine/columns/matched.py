"""What regular expressions find in the texts of a frame: a column for each pair of a text and a pattern.

A snapshot keeps those of the policies in force. Regular expressions are RE2's, as row by row: Polars' own know other classes of
letters.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

import polars as pl

from governance.policies.language import patterns

_MATCHED = "_matched"


def kept_as(text: str, pattern: str) -> str:
    """The column that says where a pattern is found in the fact named `text`."""
    return f"{_MATCHED} {text} {pattern}"


def with_matches(frame: pl.DataFrame, columns: Iterable[str]) -> pl.DataFrame:
    """The frame with these columns, named by `kept_as`."""
    wanted: dict[str, list[str]] = defaultdict(list)
    for column in columns:
        _matched, text, pattern = column.split(" ", 2)
        wanted[text].append(pattern)
    return frame.with_columns(
        found.alias(kept_as(text, pattern))
        for text, several in wanted.items()
        for pattern, found in matches(frame[text], several).items()
    )


def matches(texts: pl.Series, several: Sequence[str]) -> Mapping[str, pl.Series]:
    """For each pattern where it is found; null where there is no text."""
    read = texts.to_list()
    places = patterns.may_match(several, read)
    nowhere = pl.select(pl.when(texts.is_not_null()).then(pl.lit(value=False))).to_series()
    return {pattern: nowhere.clone().scatter(_found(read, places, pattern), True) for pattern in several}


def _found(texts: Sequence[str], places: Sequence[int], pattern: str) -> list[int]:
    search = patterns.compiled(pattern).search
    return [place for place in places if search(texts[place]) is not None]
