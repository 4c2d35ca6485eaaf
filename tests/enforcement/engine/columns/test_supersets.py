"""What is found by RE2 is found by the wider expression too: else a sieve would lose it."""

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from enforcement.engine.columns.matched import matches
from enforcement.engine.columns.supersets import NoSuperset, superset
from governance.policies.language import patterns
from tests.enforcement.engine.columns.generated import EXAMPLES

LETTERS = "aAbkKsSſKéÉßI1 9_-.\n\v\f\u00a0\u2028٣ıİσςΣ"
LITERALS = st.sampled_from(
    [*"aAbkKsS1 9_éßσ", r"\.", r"\-", r"\n", r"\t", "-", "{", "}", "]", r"\\", "٣", r"\+", "#", "&"]
)
CLASSES = st.sampled_from(
    [
        r"\d", r"\w", r"\s", ".", "[ak]", "[^ak]", "[a-k]", r"[\w-]", r"[\d_.]", "[^s]", "[^0-9]", r"[^\-a]", r"\D", r"\S", r"\W", r"[^\s]", r"[^\d.]", "[é-ü]", "[^é]", "[a-]",
        "[-a]", r"[\\a]", r"[a\]]", "[A-Z]", "[^A-Z]", r"[\s,]",
    ]
)  # fmt: skip
BORDERS = st.sampled_from(["^", "$", r"\b", r"\B", r"\A", r"\z", r"(?i)"])
PATTERNS = st.recursive(
    st.one_of(LITERALS, CLASSES, BORDERS),
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=4).map("".join),
        st.lists(inner, min_size=1, max_size=3).map(lambda several: f"(?:{'|'.join(several)})"),
        inner.map(lambda each: f"({each})"),
        inner.map(lambda each: f"(?i:{each})"),
        st.tuples(inner, st.sampled_from(["*", "+", "?", "{2}", "{1,2}", "{0,}", "*?", "+?"])).map(
            lambda both: f"(?:{both[0]}){both[1]}"
        ),
    ),
    max_leaves=8,
)
TEXTS = st.lists(st.text(st.sampled_from(LETTERS), max_size=8), min_size=1, max_size=6)


@settings(max_examples=EXAMPLES, deadline=None)
@given(PATTERNS, TEXTS)
def test_it_is_found_wherever_the_pattern_is(pattern: str, texts: list[str]) -> None:
    try:
        search = patterns.compiled(pattern).search
        wide = superset(pattern)
    except (patterns.BadPattern, NoSuperset):
        return
    perhaps = pl.Series(texts).str.contains(wide).to_list()
    assert [text for text, may in zip(texts, perhaps, strict=True) if search(text) and not may] == []


@settings(max_examples=EXAMPLES, deadline=None)
@given(st.lists(PATTERNS, min_size=1, max_size=4, unique=True), TEXTS)
def test_what_is_found_over_a_column_is_what_re2_finds(several: list[str], texts: list[str]) -> None:
    known: list[str] = []
    for pattern in several:
        try:
            patterns.compiled(pattern)
        except patterns.BadPattern:
            continue
        known.append(pattern)
    found = matches(pl.Series("text", [*texts, None], dtype=pl.String), known)
    assert {pattern: column.to_list() for pattern, column in found.items()} == {
        pattern: [*(patterns.found(text, pattern) for text in texts), None] for pattern in known
    }


@pytest.mark.parametrize(
    ("pattern", "wide"),
    [
        (r"\bakku\b", "(?:)akku(?:)"),
        (r"(?i)made in (eu|uk)", r"(?i)made\x{20}in\x{20}(?:eu|uk)"),
        (r"\d{3,4} ?V", r"[0-9]{3,4}\x{20}?V"),
        (r"[a-z\d.]+@", r"[a-z0-9\x{2e}]+\x{40}"),
        (r"(?i)www\.[^\s]\S", r"(?i)www\x{2e}[^\x{9}\x{a}\x{c}\x{d}\x{20}][^\x{9}\x{a}\x{c}\x{d}\x{20}]"),
        (r"\W", "[^0-9A-Za-z_]"),
        ("a{x}", r"a\x{7b}x\x{7d}"),
        ("[^<>]", r"[^\x{3c}\x{3e}]"),
    ],
)
def test_borders_go_and_signs_are_spelled_out(pattern: str, wide: str) -> None:
    assert superset(pattern) == wide


@pytest.mark.parametrize(
    "pattern",
    [
        r"(?i)\W",
        r"(?i)[^\w]",
        r"[a\D]",
        r"\pL",
        r"\Qa.b\E",
        "[[:alpha:]]",
        "(?s).",
        "(?P<a>b)",
        "(?m)^a",
        r"\x41",
        r"\101",
        "(?-i)a",
        "(?i)[^é]",
        "[]a]",
    ],
)
def test_a_part_that_might_be_narrower_is_refused(pattern: str) -> None:
    patterns.compiled(pattern)
    with pytest.raises(NoSuperset):
        superset(pattern)


def test_patterns_of_both_kinds_and_missing_texts_stand_side_by_side() -> None:
    texts = pl.Series("text", ["Akku 230 V", "akkus", None, "ÄAKKU", "٣ V"])
    found = matches(texts, [r"\bakku\b", r"(?i)\bakku\b", r"\d+ V", r"\pN V"])
    assert {pattern: column.to_list() for pattern, column in found.items()} == {
        r"\bakku\b": [False, False, None, False, False],
        r"(?i)\bakku\b": [True, False, None, True, False],
        r"\d+ V": [True, False, None, False, False],
        r"\pN V": [True, False, None, False, True],
    }
