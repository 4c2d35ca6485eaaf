import pytest

from listings.text import normalise
from listings.text.words import stands_alone


def alone(text: str, term: str, *, stem: bool = False) -> bool:
    base, term = normalise(text).base, normalise(term).base
    start = base.index(term)
    return stands_alone(base, start, start + len(term), stem=stem)


@pytest.mark.parametrize(
    ("text", "term", "expected"),
    [
        ("a gun.", "gun", True),
        ("begun", "gun", False),
        ("gunmetal", "gun", False),
        ("gun-shaped", "gun", True),
        ("gun🔫", "gun", True),
        ("кухонный нож", "нож", True),
        ("ножницы", "нож", False),
        ("السلاح", "سلاح", True),
        ("وبسلاح", "سلاح", True),
        ("والسلاح", "سلاح", True),
        ("تسلاح", "سلاح", False),
        ("האקדח", "אקדח", True),
        ("צאקדח", "אקדח", False),
        ("折叠刀具", "刀", True),
        ("มีดพับ", "มีด", True),
        ("c++ gun", "c++", True),
        ("e\u0301te", "te", False),
    ],
)
def test_word_boundaries_follow_the_script(text: str, term: str, expected: bool) -> None:
    assert alone(text, term) is expected


@pytest.mark.parametrize(("text", "expected"), [("Waffenschrank", True), ("Waffe", True), ("Schusswaffe", False)])
def test_a_stem_begins_a_word(text: str, expected: bool) -> None:
    assert alone(text, "waffe", stem=True) is expected
