"""Letters set on paper: every script in its own order, signs kept with their letters, sheets numbered, the same bytes again."""

import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.conf import LazySettings

from governance.web.directions import by_level, by_script, in_visual_order
from governance.web.fonts import check_fonts, missing_fonts
from governance.web.paper import BODY, MISSING, Paper
from tests.fixtures.paper import places, sheets

DAY = datetime(2026, 11, 23, 12, tzinfo=UTC)


def paper(*, rtl: bool = False) -> Paper:
    made = Paper(title="A letter", language="en", author="The team", at=DAY, rtl=rtl)
    made.begin("A letter", foot="SR-1")
    return made


def seen(text: str, *, rtl: bool) -> str:
    """As the eye meets it from left to right."""
    runs = in_visual_order(by_level(text, rtl=rtl))
    return "".join(part[::-1] if level % 2 else part for level, part in runs)


@pytest.mark.parametrize(
    ("text", "rtl", "shown"),
    [
        ("one two", False, "one two"),
        ("ABC אבג", False, "ABC גבא"),
        ("אבג ABC", True, "ABC גבא"),
        # A number inside words that run from right to left stands between them, read as a number.
        ("Titel: אב 216 גד rot", False, "Titel: דג 216 בא rot"),
        # What is isolated keeps its order; the signs that isolate are gone.
        ("\u2068אב 216\u2069 und 12", False, "216 בא und 12"),
        ("مرحبا \u2068SR-12\u2069", True, "SR-12 ابحرم"),
        # Words from right to left within an isolated part from left to right, within a line from right to left.
        ("אב \u2066AB גד CD\u2069 הו", True, "וה AB דג CD בא"),
    ],
)
def test_the_order_of_characters(text: str, *, rtl: bool, shown: str) -> None:
    assert seen(text, rtl=rtl) == shown


def test_a_vowel_sign_does_not_tear_a_word_apart() -> None:
    assert by_script("سُحبت") == ["سُحبت"]
    assert by_script("Ball мяч 12, μπάλα") == ["Ball ", "мяч 12, ", "μπάλα"]


def test_arabic_letters_take_the_forms_in_which_they_join() -> None:
    """Shaped glyph by glyph, the word would have as many and be wider; joined it is narrower than its letters apart."""
    made = paper(rtl=True)
    joined = made._width(by_level("سُحبت", rtl=True), BODY)
    apart = sum(made._width(by_level(each, rtl=True), BODY) for each in "سحبت")
    assert joined < apart * 0.85
    made.finished()


@pytest.mark.parametrize(
    "text",
    ["Grüße, naïve façade, œuvre", "Łódź ğüşiöç", "Μαγνητικές σφαίρες", "Магнитные шарики", "€ § “” – …"],
)
def test_every_european_script_is_there(text: str) -> None:
    made = paper()
    made.text(text)
    assert text in sheets(made.finished())[0]


def test_hebrew_and_arabic_are_there_and_stand_at_the_right() -> None:
    made = paper(rtl=True)
    made.text("קוביות 216 כדורים")
    made.text("קוביות 216 כדורים", rtl=False)
    made.text("كرات مغناطيسية")
    hebrew, at_the_left, arabic, *_rest = places(made.finished())[0]
    assert (hebrew[1], at_the_left[1]) == ("םירודכ 216 תויבוק", "םירודכ 216 תויבוק")
    assert at_the_left[0] < 70 < 300 < hebrew[0]
    assert len(arabic[1]) >= len("كرات مغناطيسية")
    assert arabic[0] > 300


@pytest.mark.parametrize("odd", ["漢字", "\U0001fae8", "\x07", "\ue000"])
def test_what_the_face_does_not_have_is_marked_and_stops_nothing(odd: str) -> None:
    made = paper()
    made.text(f"before {odd} after")
    line = sheets(made.finished())[0][0]
    assert line.startswith("before ")
    assert line.endswith(" after")
    assert odd not in line
    assert (MISSING in line) == odd.isprintable()


@pytest.mark.parametrize("word", ["W" * 400, "ש" * 400, "https://example.org/" + "a" * 300])
def test_a_word_longer_than_a_line_is_broken(word: str) -> None:
    made = paper()
    made.text(word)
    lines = sheets(made.finished())[0][:-1]
    assert len(lines) > 2
    assert sum(map(len, lines)) == len(word)


def test_long_letters_go_on_and_every_sheet_is_numbered() -> None:
    made = paper()
    for number in range(120):
        made.text(f"Paragraph {number} " + "with some words " * 12)
    found = sheets(made.finished())
    assert len(found) > 3
    assert [sheet[-1] for sheet in found] == [f"SR-1{page} / {len(found)}" for page in range(1, len(found) + 1)]
    everything = " ".join(line for sheet in found for line in sheet)
    assert all(f"Paragraph {number} " in everything for number in range(120))


def test_a_heading_is_never_alone_at_the_bottom() -> None:
    for filled in range(40, 60):
        made = paper()
        for _each in range(filled):
            made.text("x")
        made.heading("Why")
        made.text("Because.")
        sheet = next(sheet for sheet in sheets(made.finished()) if "Why" in sheet)
        assert "Because." in sheet


def test_names_and_what_they_stand_for_stand_on_one_line() -> None:
    for rtl, line in ((False, "WhatRemoved"), (True, "RemovedWhat")):
        made = paper(rtl=rtl)
        made.pairs([("What", "Removed")])
        assert sheets(made.finished())[0][0] == line


def test_it_says_what_it_is() -> None:
    made = paper()
    made.text("Hello.")
    found = made.finished()
    assert b"/Title (" in found
    assert b"/Lang (en)" in found
    assert b"/CreationDate (D:20261123120000Z" in found
    assert b"/DisplayDocTitle true" in found


def test_the_same_letter_is_the_same_file_in_another_process() -> None:
    program = (
        "import django, hashlib; django.setup()\n"
        "from tests.governance.web.test_paper import paper\n"
        "made = paper(rtl=True); made.text('سُحبت 5 ABC \\u05e9'); made.pairs([('a', 'b')])\n"
        "print(hashlib.sha256(made.finished()).hexdigest())\n"
    )
    seeds = ("1", "2")
    found = {
        subprocess.run(
            [sys.executable, "-c", program],
            capture_output=True,
            check=True,
            text=True,
            env=_environment() | {"PYTHONHASHSEED": seed},
        ).stdout
        for seed in seeds
    }
    assert len(found) == 1


def test_a_missing_face_is_named(settings: LazySettings) -> None:
    assert check_fonts() == []
    settings.PDF_FONTS = (settings.PDF_FONTS[0], "/nowhere/Bold.ttf")
    assert missing_fonts() == ["/nowhere/Bold.ttf"]
    (warning,) = check_fonts()
    assert "/nowhere/Bold.ttf" in warning.msg


def _environment() -> dict[str, str]:
    return {**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings", "PYTHONPATH": str(Path(__file__).parents[3])}
