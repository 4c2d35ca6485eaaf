"""Every language says all that English says, with the same names filled in and every plural form that can occur."""

import string

import pytest

from enforcement.language import words as language
from enforcement.language.words import SOURCE, Entry, WordMissing, Words

EVERY = language.languages()
OTHERS = [tag for tag in EVERY if tag != SOURCE]
ONLY_SOURCE, NEVER_SOURCE = {"note.template_language"}, {"note.policy_language"}
"""The source alone is written to readers of a language without words; and a policy always has words in it."""
COUNTS = range(1_001)


def forms(entry: Entry) -> list[str]:
    return [entry] if isinstance(entry, str) else list(entry.values())


def names(text: str) -> set[str]:
    return {name for _literal, name, _spec, _conversion in string.Formatter().parse(text) if name is not None}


def plurals_of(words: Words) -> dict[str, dict[str, str]]:
    return {key: dict(entry) for key, entry in words.entries.items() if not isinstance(entry, str)}


def test_the_demo_s_languages_have_words() -> None:
    assert set(EVERY) == {"ar", "de", "en", "es", "fr", "it", "nl", "pl", "tr"}


@pytest.mark.parametrize("tag", OTHERS)
def test_no_sentence_is_missing_and_none_is_left_over(tag: str) -> None:
    source = set(language.words(SOURCE).entries)
    assert set(language.words(tag).entries) == (source - ONLY_SOURCE) | NEVER_SOURCE


@pytest.mark.parametrize("tag", OTHERS)
def test_the_same_names_are_filled_in(tag: str) -> None:
    source, other = language.words(SOURCE).entries, language.words(tag).entries
    for key in set(source) & set(other):
        wanted = names(forms(source[key])[-1]) - {"n"}
        for form in forms(other[key]):
            # A form for none or one may leave out the number and, for none, what belongs to it.
            assert names(form) - {"n"} <= wanted, (key, form)
        assert names(forms(other[key])[-1]) - {"n"} == wanted, key


@pytest.mark.parametrize("tag", EVERY)
def test_every_count_has_its_form(tag: str) -> None:
    words = language.words(tag)
    needed = {words.locale.plural_form(n) for n in COUNTS}
    for key, entry in plurals_of(words).items():
        assert needed <= set(entry), key


@pytest.mark.parametrize("tag", EVERY)
def test_what_counts_in_english_counts_everywhere(tag: str) -> None:
    assert set(plurals_of(language.words(tag))) == set(plurals_of(language.words(SOURCE)))


@pytest.mark.parametrize("tag", OTHERS)
def test_nothing_was_left_in_english(tag: str) -> None:
    source, other = language.words(SOURCE).entries, language.words(tag).entries
    same = {key for key in set(source) & set(other) if source[key] == other[key]}
    # "Status" in German, "Points" in French, "No. {id}" in Turkish are the same words.
    assert same <= {"label.points", "label.status", "listing.number", "label.files", "date.moment", "form.pair"}


@pytest.mark.parametrize(
    ("tag", "n", "title"),
    [
        ("en", 1, "One of your listings was removed from sale"),
        ("en", 3, "3 of your listings were removed from sale"),
        ("pl", 2, "2 Państwa oferty zostały wycofane ze sprzedaży"),
        ("pl", 5, "5 Państwa ofert zostało wycofanych ze sprzedaży"),
        ("pl", 22, "22 Państwa oferty zostały wycofane ze sprzedaży"),
        ("ar", 2, "سُحب عرضان من عروضكم من البيع"),
        ("ar", 3, "سُحبت 3 من عروضكم من البيع"),
        ("fr", 1, "L’une de vos offres a été retirée de la vente"),
    ],
)
def test_the_form_fits_the_number(tag: str, n: int, title: str) -> None:
    assert language.words(tag)("title.remove", n=n, age=None, date="") == title


def test_what_is_filled_in_is_not_read_as_a_template() -> None:
    assert language.words("en")("mail.greeting", name="{reference} {0}") == "Dear {reference} {0},"


@pytest.mark.parametrize(("asked", "found"), [("de", "de"), ("de-AT", "de"), ("DE_ch", "de"), ("hu", None), ("", None)])
def test_a_country_s_variant_reads_its_language(asked: str, found: str | None) -> None:
    assert language.available(asked) == found


def test_a_missing_sentence_says_which_and_where() -> None:
    with pytest.raises(WordMissing, match=r"nothing\.here \(de\)"):
        language.words("de")("nothing.here")
