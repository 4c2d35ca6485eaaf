"""What term lists see of a table of evasions and of innocent look-alikes; `./run drill terms --rows` prints what they miss."""

import unicodedata
from collections import Counter
from dataclasses import replace

import pytest

from governance.cli.drills import terms
from governance.cli.drills.terms import SCRIPTS, TABLE, Reading, Row
from governance.policies.language import Matcher
from listings.text import ListingText
from tests.architecture.tree import ROOT

ROWS = terms.rows(TABLE)
MATCHER = Matcher(terms.term_lists(TABLE))
WITHOUT_CONTEXT = Matcher(replace(spec, context={}) for spec in MATCHER.specs.values())
NAMES = [f"{row.script}-{'evasion' if row.evasion else 'innocent'}-{number}" for number, row in enumerate(ROWS)]

# Recall at least, false hits at most: what is reached, so that a loss shows.
REACHED = {
    "latin": (0.88, 4),
    "turkish": (0.96, 1),
    "greek": (0.96, 1),
    "cyrillic": (0.97, 2),
    "arabic": (0.94, 1),
    "hebrew": (0.96, 2),
    "all": (0.94, 11),
}


@pytest.fixture(scope="module")
def readings() -> list[Reading]:
    return terms.read(ROWS, MATCHER)


def test_recall_and_false_hits_by_script(readings: list[Reading]) -> None:
    figures = terms.figures(readings)
    print("", *terms.printed(figures), sep="\n")  # noqa: T201 -- shown by -s
    assert {each.script: (each.recall >= REACHED[each.script][0], each.false_hits) for each in figures} == {
        script: (True, false_hits) for script, (_recall, false_hits) in REACHED.items()
    }


def test_the_documentation_has_the_figures_of_today(readings: list[Reading]) -> None:
    page = (ROOT / "docs" / "text.md").read_text(encoding="utf-8")
    assert "\n".join(terms.printed(terms.figures(readings))) in page


@pytest.mark.parametrize("row", ROWS, ids=NAMES)
def test_a_row_comes_out_as_it_should_unless_it_is_known_not_to(row: Row) -> None:
    """One that has come to be right loses its mark."""
    (reading,) = terms.read([row], MATCHER)
    assert reading.wrong is bool(row.known)


@pytest.mark.parametrize("row", [row for row in ROWS if row.evasion and not row.known])
def test_places_are_the_merchants_own_words(row: Row) -> None:
    """The words shown are enough for the term to be found, and without them it is not."""
    (reading,) = terms.read([row], MATCHER)
    for found in reading.found:
        start, end, shown = found.place.start, found.place.end, found.place.text
        assert (found.place.zone, shown) == ("title", row.text[start:end])
        only = _blanked(row.text[:start]) + shown + _blanked(row.text[end:])
        assert (start, end) in _spans(only, row)
    without = list(row.text)
    for found in reading.found:
        without[found.place.start : found.place.end] = " " * (found.place.end - found.place.start)
    assert _spans("".join(without), row) == []


def _blanked(text: str) -> str:
    """Spaces, but for what gives letters their direction."""
    return "".join(char if unicodedata.category(char) == "Cf" else " " for char in text)


def _spans(text: str, row: Row) -> list[tuple[int, int]]:
    found = WITHOUT_CONTEXT.places(ListingText(text, ""), row.list_key, row.language)
    return [(each.place.start, each.place.end) for each in found]


@pytest.mark.parametrize(
    ("text", "list_key", "language", "words"),
    [
        ("Pure c0c41n3, sample 5 g", "drugs", "en", "c0c41n3"),
        ("Buy \u202eargaiv\u202c 100 mg", "prescription", "en", "argaiv"),
        ("Brown her\u00adoin, lab tested", "drugs", "en", "her\u00adoin"),
        ("w🌿e🌿e🌿d delivery", "drugs", "en", "w🌿e🌿e🌿d"),
        ("coooocaine, the real one", "drugs", "en", "coooocaine"),
        ("Schallda\u0308mpfer M14", "firearms", "de", "Schallda\u0308mpfer"),
        ("T A B A N C A 9 mm", "firearms", "tr", "T A B A N C A"),
        ("Γεια: Χ.α.σ.ί.ς, Μαρόκο", "drugs", "el", "Χ.α.σ.ί.ς"),
        ("Часы Rolex, рeплика", "brand_copies", "ru", "рeплика"),
        ("عرض مُسَدَّس تركي", "firearms", "ar", "مُسَدَّس"),
        ("ה-א-ק-ד-ח המקורי", "firearms", "he", "א-ק-ד-ח"),
    ],
)
def test_places_are_exact(text: str, list_key: str, language: str, words: str) -> None:
    found = MATCHER.places(ListingText(text, ""), list_key, language)
    assert [each.place.text for each in found] == [words]


@pytest.mark.parametrize("sort", [True, False], ids=["evasions", "innocent"])
def test_the_table_is_large_and_spread_over_scripts_and_lists(sort: bool) -> None:
    chosen = [row for row in ROWS if row.evasion is sort]
    assert len(chosen) >= 200
    assert min(Counter(row.script for row in chosen).values()) >= 25
    assert {row.list_key for row in chosen} == set(MATCHER.specs)
    assert {row.script for row in chosen} == set(SCRIPTS)
    assert len({row.text for row in chosen}) == len(chosen)


def test_evasions_are_evasions() -> None:
    """But for particles, capitals and phrases, no evasion is the term as it stands in its list."""
    plain = [
        row.text
        for row in ROWS
        if row.evasion
        for words in MATCHER.specs[row.list_key].terms.values()
        if any(f" {word} " in f" {row.text} " for word in words)
    ]
    assert plain == []


def test_what_cannot_be_seen_is_written_out_in_the_table() -> None:
    """A reader of the table must see each trick: no invisible character stands in it as itself."""
    for script in SCRIPTS:
        source = (TABLE / f"{script}.toml").read_text(encoding="utf-8")
        assert {char for char in source if unicodedata.category(char) == "Cf"} == set()


def test_the_drill_prints_the_figures_and_the_rows(capsys: pytest.CaptureFixture[str]) -> None:
    assert terms.run(["--rows"]) == 0
    printed = capsys.readouterr().out
    known = sum(bool(row.known) for row in ROWS)
    assert printed.splitlines()[0].split() == ["script", "evasions", "found", "recall", "innocent", "false", "hits"]
    assert printed.count(" -- ") == known
    assert "not known before" not in printed
