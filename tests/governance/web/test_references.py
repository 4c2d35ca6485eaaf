"""References are random, readable and know their own typing errors."""

from datetime import UTC, datetime

import pytest

from governance.web.references import ALPHABET, public_id, random_reference, read_reference

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


def test_a_reference_shows_its_kind_and_year_and_nothing_else() -> None:
    drawn = {random_reference("SR", NOON) for _ in range(500)}
    assert len(drawn) == 500
    assert {reference[:8] for reference in drawn} == {"SR-2026-"}
    assert {len(reference) for reference in drawn} == {22}
    assert set("AEIOUL").isdisjoint("".join(reference[8:] for reference in drawn))


def test_every_wrong_character_is_noticed() -> None:
    reference = random_reference("SR", NOON)
    wrong = [
        reference[:place] + other + reference[place + 1 :]
        for place in range(8, 22)
        for other in ALPHABET
        if reference[place] not in ("-", other)
    ]
    assert len(wrong) == 12 * 29
    assert [read_reference(each) for each in wrong] == [None] * len(wrong)


def test_how_it_is_typed_does_not_matter() -> None:
    reference = next(
        each for each in iter(lambda: random_reference("AP", NOON), "") if "0" in each[8:] and "1" in each[8:]
    )
    typed = reference[:8].lower() + " " + reference[8:].replace("0", "o").replace("1", "l").lower()
    assert read_reference(typed) == reference


@pytest.mark.parametrize(
    "text", ["", "SR", "SR-2026-4Q7K-0719", "12345", "SR-2026-4Q7K-0719-AEIO", "X" * 40, "SR-20266-4Q7K-0719-D2MX"]
)
def test_what_is_no_reference(text: str) -> None:
    assert read_reference(text) is None


def test_public_ids_leak_no_volume() -> None:
    drawn = {public_id() for _ in range(500)}
    assert (len(drawn), {len(each) for each in drawn}) == (500, {12})
