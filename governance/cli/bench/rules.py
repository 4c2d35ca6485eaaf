"""Two hundred rules of the kinds that marketplaces have: attributes, certificates, merchants, prices, patterns and terms."""

import random
from collections.abc import Iterator, Sequence
from functools import lru_cache

from governance.cli.bench import tree
from governance.cli.bench.register import PLACES
from governance.cli.bench.taxonomy import Node, subtrees
from governance.cli.bench.terms import term_lists
from listings.enums import AttributeKind

PATTERNS = (
    (r"\b[0-9]{3}[-. ][0-9]{3}[-. ][0-9]{4}\b", False),
    (r"[a-z0-9._%+-]+@[a-z0-9-]+\.[a-z]{2,6}", True),
    (r"https?://[^\s]+", True),
    (r"\b(whats ?app|telegram|viber)\b", True),
    (r"100 ?% (original|genuine|authentic)", True),
    (r"(replica|replik|копия|تقليد)", True),
    (r"\b[A-Z0-9]{2}[0-9]{6,8}[A-Z]\b", False),
    (r"!{3,}", False),
    (r"(free|gratis|kostenlos|бесплатно) .{0,20}(shipping|versand|доставка)", True),
    (r"\bbit\.ly/[a-z0-9]+", True),
    (r"[0-9]+ ?(mg|ml) ?(thc|cbd)", True),
    (r"\bcas[: ]+[0-9]{2,7}-[0-9]{2}-[0-9]\b", True),
    (r"(instagram|tiktok)\.[a-z]+/[a-z0-9_.]+", True),
    (r"\biban[: ]+[A-Z]{2}[0-9]{2}", True),
    (r"(cures?|heals?|heilt|лечит) (cancer|krebs|рак)", True),
    (r"\b(no|sans|ohne) (ce|certificate|zertifikat)\b", True),
    (r"\b(btc|usdt|bitcoin)\b", True),
    (r"\b[0-9]{1,2}x[0-9]{1,2} ?mm (blade|klinge)\b", True),
    (r"\+90 ?5[0-9]{2} ?[0-9]{3} ?[0-9]{2} ?[0-9]{2}", False),
    (r"\b(v[i1]agra|c[i1]al[i1]s)\b", True),
)
"""With whether their case is ignored. RE2: word boundaries are those of ASCII, so none stands beside another script."""
EVERYWHERE = tuple(place.code for place in PLACES)
OF_CATEGORIES, OF_NUMBERS = 120, 30


@lru_cache
def rules() -> Sequence[tree.Rule]:
    chance = random.Random("rules")
    whens = [*_of_categories(chance), *_of_numbers(chance), *_of_patterns(chance), *_of_terms(chance)]
    return tuple(
        tree.Rule(number, kind, tuple(categories), tuple(sorted(jurisdictions)), when)
        for number, (kind, categories, jurisdictions, when) in enumerate(whens, start=1)
    )


Parts = tuple[str, Sequence[str], Sequence[str], tree.Node]


def _of_categories(chance: random.Random) -> Iterator[Parts]:
    """What an offer of a category must show, in some markets."""
    for nth in range(OF_CATEGORIES):
        category = chance.choice(subtrees(6, 40))
        key, other = chance.sample([each.key for each in category.attributes], 2)
        when: tree.Node
        match nth % 6:
            case 0:
                yield "attribute", [category.code], _markets(5, chance), tree.Missing(key)
            case 1:
                yield "certificate", [category.code], _markets(4, chance), _lacks(category, chance)
            case 2:
                yield "attribute", [category.code], EVERYWHERE, _equals(category, chance)
            case 3:
                when = tree.Every([tree.Not(tree.Verified()), tree.JoinedWithin(365)])
                yield "merchant", [category.code], _markets(4, chance), when
            case 4:
                twin = chance.choice([each for each in subtrees(6, 40) if each.certificates == category.certificates])
                when = tree.Every([_lacks(category, chance), tree.Not(_equals(category, chance, guarded=True))])
                yield "certificate", [category.code, twin.code], _markets(3, chance), when
            case _:
                dear = tree.Compare(tree.Number.PRICE_EUR, ">", chance.choice([50.0, 200.0]))
                when = tree.Every([tree.Some([tree.Missing(key), tree.Missing(other)]), dear])
                yield "attribute", [category.code], _markets(6, chance), when


def _of_numbers(chance: random.Random) -> Iterator[Parts]:
    """Prices that cannot be, amounts that may not be, merchants whose goods come back."""
    for nth in range(OF_NUMBERS):
        category = chance.choice(subtrees(40, 400))
        match nth % 5:
            case 0:
                yield "price", [category.code], EVERYWHERE, _price("<", chance.randint(100, 250), chance)
            case 1:
                when = tree.Every([_price(">", chance.randint(80_000, 200_000), chance), tree.PrivateSeller()])
                yield "price", [category.code], _markets(2, chance), when
            case 2:
                rate = tree.Compare(tree.Number.RETURN_RATE, ">", round(chance.uniform(0.2, 0.28), 3))
                yield "merchant", [category.code], _markets(3, chance), rate
            case 3:
                rate = tree.Compare(tree.Number.COMPLAINT_RATE, ">", round(chance.uniform(0.08, 0.095), 4))
                parts = [rate, tree.Not(tree.SellerFrom(["DE", "AT", "FR", "BE"])), tree.Under(category.code)]
                yield "merchant", [], _markets(5, chance), tree.Every(parts)
            case _:
                small = chance.choice(subtrees(6, 60))
                key = chance.choice([each.key for each in small.attributes if each.kind == AttributeKind.NUMBER])
                yield "number", [small.code], EVERYWHERE, tree.CompareAttribute(key, ">", 100.0)


def _of_patterns(chance: random.Random) -> Iterator[Parts]:
    for nth, (pattern, any_case) in enumerate(PATTERNS):
        yield "pattern", [], EVERYWHERE if nth % 2 else _markets(7, chance), tree.Matches(pattern, any_case)


def _of_terms(chance: random.Random) -> Iterator[Parts]:
    for nth, each in enumerate(term_lists()):
        mentions = tree.Mentions(each.key)
        match nth % 3:
            case 0:
                yield "terms", [], EVERYWHERE, mentions
            case 1:
                yield "terms", [], _markets(6, chance), mentions
            case _:
                yield "terms", [], EVERYWHERE, tree.Every([tree.Not(tree.Verified()), mentions])


def _lacks(category: Node, chance: random.Random) -> tree.Node:
    return tree.Lacks(chance.choice(category.certificates))


def _equals(category: Node, chance: random.Random, *, guarded: bool = False) -> tree.Node:
    attribute = chance.choice([each for each in category.attributes if each.kind == AttributeKind.TEXT])
    return tree.Equals(attribute.key, str(chance.choice(attribute.values)), guarded)


def _price(operator: str, euro_cents: int, chance: random.Random) -> tree.Node:
    return tree.Compare(tree.Number.PRICE_EUR, operator, euro_cents / 100)


def _markets(count: int, chance: random.Random) -> Sequence[str]:
    return chance.sample(EVERYWHERE, count)
