"""The made-up catalogue: the same for a seed, believable, and stored as the write path stores it."""

import random
from collections import Counter
from decimal import Decimal

import orjson

from governance.cli.bench import listings, merchants, ndjson, planting, register, rules, taxonomy, terms, words
from governance.cli.bench.listings import Made
from listings.domain.listings import euro
from listings.enums import AttributeKind
from listings.text import ListingText, normalise

COUNT, MERCHANTS, SEED = 3_000, 300, 7


def made(seed: int = SEED, numbers: tuple[int, ...] = (0, 1)) -> list[Made]:
    return [each for number in numbers for each in listings.block(number, count=COUNT, merchants=MERCHANTS, seed=seed)]


def test_a_seed_makes_the_same_listings_in_any_order_of_the_blocks() -> None:
    again = sorted(made(numbers=(1, 0)), key=lambda each: each.key)

    assert made() == again
    assert [each.key for each in again] == list(range(1, COUNT + 1))


def test_another_seed_makes_others() -> None:
    assert made(seed=SEED + 1)[0].draft != made()[0].draft
    assert list(merchants.merchants(3, seed=1)) != list(merchants.merchants(3, seed=2))


def test_the_stored_texts_are_those_of_the_normaliser() -> None:
    """They are put together from phrases; only texts with something hidden in them are normalised as a whole."""
    differing = []
    for each in made():
        found = ListingText(each.draft.title, each.draft.description, each.draft.attributes).normalised
        if (found.base, found.skeleton) != (each.base, each.skeleton):
            differing.append(each.draft.external_id)

    assert differing == []


def test_prices_in_euro_are_those_of_the_write_path() -> None:
    rates = {place.currency: Decimal(place.per_mille) / 1_000 for place in register.PLACES}
    differing = [
        (each.price_eur, due)
        for each in made()
        if each.price_eur != (None if (due := euro(each.draft, rates)) is None else str(due))
    ]

    assert differing == []


def test_attributes_are_registered_and_written_as_they_are() -> None:
    kinds = {attribute.key: attribute.kind for attribute in register.ATTRIBUTES}
    values = {AttributeKind.TEXT: str, AttributeKind.NUMBER: float, AttributeKind.BOOLEAN: bool}

    for each in made(numbers=(0,)):
        assert orjson.loads(each.attributes) == each.draft.attributes
        assert all(isinstance(value, values[kinds[key]]) for key, value in each.draft.attributes.items())
    assert Counter(kinds.values()).keys() == values.keys()
    assert len(kinds) == 60


def test_a_listing_is_as_long_and_as_wide_as_announced() -> None:
    drafts = [each.draft for each in made()]

    assert all(4 <= len(draft.title.split()) <= 14 for draft in drafts)
    assert all(20 <= len(draft.description.split()) <= 83 for draft in drafts)
    assert {len(draft.markets) for draft in drafts} == {1, 2, 3}
    assert {draft.language for draft in drafts} == set(words.LANGUAGES)
    assert {len(draft.certificates) for draft in drafts} == {0, 1, 2, 3}
    assert 0.01 < sum(draft.price_minor is None for draft in drafts) / COUNT * 2 < 0.05


def test_something_is_hidden_in_a_few_of_the_texts() -> None:
    chance = random.Random(1)
    hidden = [planting.planted(chance) for _nth in range(20_000)]
    share = sum(map(bool, hidden)) / len(hidden)
    known = {term.written for term in terms.every_term()}

    assert 0.02 < share < 0.032
    assert 0.003 < sum(each in known for each in hidden) / len(hidden) < 0.007  # the other half stands in disguise
    assert {each for each in hidden if each in planting.SAMPLES} == set(planting.SAMPLES)


def test_a_few_merchants_have_most_of_the_listings() -> None:
    sold = Counter(each.draft.merchant_id for each in made())
    most = sum(count for _merchant, count in sold.most_common(MERCHANTS // 10))

    assert most / COUNT > 0.4
    assert set(sold) <= set(range(1, MERCHANTS + 1))


def test_ten_thousand_terms_stand_in_thirty_lists_and_in_no_everyday_text() -> None:
    lists = terms.term_lists()
    written = [word for each in lists for several in each.words.values() for word in several]

    assert (len(lists), len(written), len(set(written))) == (30, 10_000, 10_000)
    assert {language for each in lists for language in each.words} == set(words.LANGUAGES)
    assert [each.key for each in lists if each.reads_skeleton and set(each.words) != {"en"}] == []
    assert [word for word in written if normalise(word).base in words.common_bases()] == []


def test_the_tree_of_categories_is_whole_and_six_deep() -> None:
    nodes = taxonomy.taxonomy()
    by_key = {node.key: node for node in nodes}

    assert len({node.code for node in nodes}) == taxonomy.CATEGORIES == len(nodes)
    assert {node.depth for node in nodes} == set(range(6))
    for node in nodes:
        inside = [nodes[place - 1].code for place in range(node.key, node.end + 1)]
        assert all(code == node.code or code.startswith(f"{node.code}/") for code in inside)
        assert node.parent is None or by_key[node.parent].code == node.code.rpartition("/")[0]


def test_two_hundred_rules_of_seven_kinds() -> None:
    kinds = Counter(rule.kind for rule in rules.rules())

    assert kinds == {
        "attribute": 60, "certificate": 40, "merchant": 32, "price": 12, "number": 6, "pattern": 20, "terms": 30,
    }  # fmt: skip
    assert len({rule.slug for rule in rules.rules()}) == 200
    assert len({repr(rule.when) for rule in rules.rules() if rule.kind == "terms"}) == 30


def test_the_file_has_every_listing_under_a_key_of_its_round() -> None:
    rows = list(ndjson.rows(20, seed=SEED, prefix="r1-"))

    assert [row["listing_id"] for row in rows] == [f"r1-l{number}" for number in range(1, 21)]
    assert all(("price" in row) == ("currency" in row) for row in rows)
