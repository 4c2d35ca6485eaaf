"""A rule as nested Python functions, made once and called for every listing."""

import operator
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from governance.cli.bench import tree
from governance.cli.bench.merchants import AS_OF


@dataclass(frozen=True, slots=True)
class Seller:
    """What rules ask of a merchant. Rates are None without orders."""

    kind: str
    country: str
    joined_on: date | None
    verified_on: date | None
    return_rate: float | None
    complaint_rate: float | None
    certificates: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Facts:
    """What rules ask of a listing. `path`: its category's code and those above; `certificates`: the types valid today."""

    path: Collection[str]
    markets: Sequence[str]
    price_eur: float | None
    attributes: Mapping[str, Any]
    certificates: Collection[str]
    text: str
    mentioned: Collection[str]
    seller: Seller


Test = Callable[[Facts], bool]
_COMPARE = {"<": operator.lt, ">": operator.gt}


def test_of(rule: tree.Rule) -> Test:
    """Where the policy applies, and its condition."""
    jurisdictions, when = frozenset(rule.jurisdictions), _condition(rule.when)
    if not rule.categories:
        return lambda facts: not jurisdictions.isdisjoint(facts.markets) and when(facts)
    if len(rule.categories) == 1:
        code = rule.categories[0]
        return lambda facts: code in facts.path and not jurisdictions.isdisjoint(facts.markets) and when(facts)
    codes = frozenset(rule.categories)
    return lambda facts: (
        not codes.isdisjoint(facts.path) and not jurisdictions.isdisjoint(facts.markets) and when(facts)
    )


def _condition(node: tree.Node) -> Test:
    match node:
        case tree.Every(parts):
            return _every([_condition(part) for part in parts])
        case tree.Some(parts):
            tests = [_condition(part) for part in parts]
            return lambda facts: any(test(facts) for test in tests)
        case tree.Not(part):
            inner = _condition(part)
            return lambda facts: not inner(facts)
        case tree.Matches(pattern, any_case):
            found = re.compile(pattern, re.IGNORECASE if any_case else 0).search
            return lambda facts: found(facts.text) is not None
        case tree.Mentions(key):
            return lambda facts: key in facts.mentioned
        case _:
            return _of_listing(node)


def _every(tests: Sequence[Test]) -> Test:
    if len(tests) == 2:
        first, second = tests
        return lambda facts: first(facts) and second(facts)
    return lambda facts: all(test(facts) for test in tests)


def _of_listing(node: tree.Node) -> Test:
    match node:
        case tree.Under(code):
            return lambda facts: code in facts.path
        case tree.Missing(key):
            return lambda facts: key not in facts.attributes
        case tree.Equals(key, value):
            return lambda facts: facts.attributes.get(key) == value
        case tree.Lacks(kind):
            return lambda facts: kind not in facts.certificates and kind not in facts.seller.certificates
        case tree.CompareAttribute(key, sign, bound):
            return _compared(lambda facts: facts.attributes.get(key), sign, bound)
        case tree.Compare(tree.Number.PRICE_EUR, sign, bound):
            return _compared(operator.attrgetter("price_eur"), sign, bound)
        case tree.Compare(fact, sign, bound):
            return _compared(operator.attrgetter(f"seller.{fact}"), sign, bound)
        case _:
            return _of_seller(node)


def _compared(read: Callable[[Facts], float | None], sign: str, bound: float) -> Test:
    compare = _COMPARE[sign]

    def holds(facts: Facts) -> bool:
        number = read(facts)
        return number is not None and bool(compare(number, bound))

    return holds


def _of_seller(node: tree.Node) -> Test:
    match node:
        case tree.PrivateSeller():
            return lambda facts: facts.seller.kind == "private"
        case tree.SellerFrom(countries):
            known = frozenset(countries)
            return lambda facts: facts.seller.country in known
        case tree.JoinedWithin(days):
            since = AS_OF - timedelta(days=days)
            return lambda facts: facts.seller.joined_on is not None and facts.seller.joined_on > since
        case tree.Verified():
            return lambda facts: facts.seller.verified_on is not None and facts.seller.verified_on <= AS_OF
        case _:
            raise TypeError(f"{type(node).__name__} has no form as a function")
