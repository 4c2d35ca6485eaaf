from hypothesis import given
from hypothesis import strategies as st

from governance.web.differences import words


def text(parts: list[tuple[str, str]]) -> str:
    return "".join(part for _kind, part in parts)


def test_only_the_changed_words_are_marked() -> None:
    old, new = words("216 Kugeln für Büro, ab 14", "216 Kugeln für Kinder, ab 6")
    assert old == [("same", "216 Kugeln für "), ("del", "Büro"), ("same", ", ab "), ("del", "14")]
    assert new == [("same", "216 Kugeln für "), ("ins", "Kinder"), ("same", ", ab "), ("ins", "6")]


def test_a_changed_phrase_is_one_mark() -> None:
    old, new = words("a red big ball", "a blue tiny cube")
    assert old == [("same", "a "), ("del", "red big ball")]
    assert new == [("same", "a "), ("ins", "blue tiny cube")]


def test_equal_texts_have_no_marks() -> None:
    assert words("كرات", "كرات") == ([("same", "كرات")], [("same", "كرات")])


def test_very_long_texts_differ_as_a_whole() -> None:
    old, new = words("a" * 20_001, "b")
    assert ([kind for kind, _ in old], [kind for kind, _ in new]) == (["del"], ["ins"])


@given(st.text(max_size=80), st.text(max_size=80))
def test_nothing_of_either_text_is_lost(before: str, after: str) -> None:
    old, new = words(before, after)
    assert (text(old), text(new)) == (before, after)
