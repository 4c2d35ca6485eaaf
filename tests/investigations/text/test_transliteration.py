"""The same word in Latin letters and in its own, found from either side, in the languages that have a table."""

import pytest

from investigations.text.transliteration import MOST, readings
from listings.text import normalise

WORDS = {
    "Bulgarian": "nozh нож|nozhche ножче|boyni бойни|bateriya батерия|bateria батерия|oruzhie оружие|zaryadno зарядно"
    "|sazhdane съждане|kashta къща",
    "Russian": "pushka пушка|novyy новый|novy новый|elektroshoker электрошокер|shchit щит|sol соль|palto пальто|patron патрон"
    "|tsepochka цепочка|yolka ёлка",
    "Ukrainian": "nizh ніж|kyiv київ|zbroya зброя|khimiia хімія|zghoda згода|nabir набір",
    "Serbian": "nož нож|noz нож|pištolj пиштољ|čekić чекић|cekic чекић|đubrivo ђубриво|džep џеп",
    "Greek": "machairi μαχαίρι|paichnidi παιχνίδι|paixnidi παιχνίδι|xifos ξίφος|farmaka φάρμακα|pharmaka φάρμακα|bataria μπαταρία"
    "|avgo αυγό|ouzo ούζο|thermometro θερμόμετρο|tsanta τσάντα|psari ψάρι|opla όπλα",
}
BY_EAR = {"paixnidi"}
"""A letter of habit in a word where others come first."""
PAIRS = [pair.split() for words in WORDS.values() for pair in words.split("|")]


def stored(words: list[str]) -> set[str]:
    """As the index has them."""
    return {normalise(word).skeleton for word in words}


@pytest.mark.parametrize(("latin", "own"), [pair for pair in PAIRS if pair[0] not in BY_EAR])
def test_a_word_is_read_in_the_other_alphabet(latin: str, own: str) -> None:
    assert normalise(own).skeleton in stored(readings(latin))
    assert normalise(latin).skeleton in stored(readings(own))


@pytest.mark.parametrize("latin", sorted(BY_EAR))
def test_what_comes_after_the_likeliest_is_not_read(latin: str) -> None:
    own = dict(PAIRS)[latin]
    assert normalise(own).skeleton not in stored(readings(latin))


@pytest.mark.parametrize("word", ["na", "тв", "刀具", "wqwq!", "", "123"])
def test_what_is_too_short_or_in_no_table_has_no_readings(word: str) -> None:
    assert readings(word) == []


def test_a_long_word_has_no_more_readings_than_a_short_one() -> None:
    assert 0 < len(readings("elektricheskiy" * 20)) <= 5 * MOST


def test_phrases_and_figures_are_kept_together() -> None:
    assert "нож 15" in readings("nozh 15")
