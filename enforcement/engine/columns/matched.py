"""What regular expressions find in the texts of a frame: a column for each pair of a text and a pattern.

A snapshot keeps those of the policies in force. Regular expressions are RE2's, as row by row: Polars' own know other classes of
letters, and only say in which texts RE2 need not look (`supersets`).
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

import polars as pl

from enforcement.engine.columns import supersets
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
    nowhere = pl.select(pl.when(texts.is_not_null()).then(pl.lit(value=False))).to_series()
    wider = {pattern: wide for pattern in several if (wide := _wider(pattern)) is not None}
    others = [pattern for pattern in several if pattern not in wider]
    found = _sieved(texts, wider)
    if others:
        read = texts.to_list()
        found |= _searched(others, {place: read[place] for place in patterns.may_match(others, read)})
    return {pattern: nowhere.clone().scatter(found[pattern], True) for pattern in several}


def _sieved(texts: pl.Series, wider: Mapping[str, str]) -> dict[str, list[int]]:
    """One pass over all texts for all patterns, then RE2 where any of them may be found."""
    if not wider:
        return {}
    try:
        perhaps = texts.str.contains("|".join(f"(?:{wide})" for wide in wider.values()))
    except pl.exceptions.PolarsError:  # together they are larger than that engine allows
        perhaps = pl.select(pl.any_horizontal(*(texts.str.contains(wide) for wide in wider.values()))).to_series()
    places = perhaps.arg_true()
    return _searched(wider, dict(zip(places, texts.gather(places), strict=True)))


def _searched(several: Iterable[str], texts: Mapping[int, str]) -> dict[str, list[int]]:
    """Of each pattern, the places of the texts in which RE2 finds it."""
    searches = {pattern: patterns.compiled(pattern).search for pattern in several}
    return {
        pattern: [place for place, text in texts.items() if search(text) is not None]
        for pattern, search in searches.items()
    }


@lru_cache(maxsize=1_024)
def _wider(pattern: str) -> str | None:
    """None where there is none that Polars reads."""
    try:
        wide = supersets.superset(pattern)
        pl.Series([""]).str.contains(wide)
    except (supersets.NoSuperset, pl.exceptions.PolarsError):
        return None
    return wide
