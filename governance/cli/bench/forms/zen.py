"""A rule in the expression language of zen-engine. What it lacks is asked for before it is compared: null is no number."""

import hashlib
import json
from datetime import timedelta

from governance.cli.bench import tree
from governance.cli.bench.merchants import AS_OF

_NUMBERS = {
    tree.Number.PRICE_EUR: "price",
    tree.Number.RETURN_RATE: "seller.return_rate",
    tree.Number.COMPLAINT_RATE: "seller.complaint_rate",
}


def expression(rule: tree.Rule) -> str:
    """Where the policy applies, and its condition."""
    markets = f"some(markets, # in {json.dumps(list(rule.jurisdictions))})"
    under = " or ".join(f"{_text(code)} in path" for code in rule.categories)
    return " and ".join([*([f"({under})"] if under else []), markets, _of(rule.when)])


def _of(node: tree.Node) -> str:
    match node:
        case tree.Every(parts):
            return "(" + " and ".join(map(_of, parts)) + ")"
        case tree.Some(parts):
            return "(" + " or ".join(map(_of, parts)) + ")"
        case tree.Not(part):
            return f"not({_of(part)})"
        case tree.Compare(fact, operator, bound):
            name = _NUMBERS[fact]
            return f"({name} != null and {name} {operator} {bound!r})"
        case tree.CompareAttribute(key, operator, bound):
            return f"(attributes.{key} != null and attributes.{key} {operator} {bound!r})"
        case _:
            return _of_listing(node)


def _of_listing(node: tree.Node) -> str:
    match node:
        case tree.Under(code):
            return f"{_text(code)} in path"
        case tree.Missing(key):
            return f"attributes.{key} == null"
        case tree.Equals(key, value):
            return f"attributes.{key} == {_text(value)}"
        case tree.Lacks(kind):
            return f"not({_text(kind)} in certificates)"
        case tree.Matches(pattern):
            return f"{_text(pattern_key(pattern))} in matched"
        case tree.Mentions(key):
            return f"{_text(key)} in mentioned"
        case _:
            return _of_merchant(node)


def _of_merchant(node: tree.Node) -> str:
    match node:
        case tree.PrivateSeller():
            return 'seller.kind == "private"'
        case tree.SellerFrom(countries):
            return f"seller.country in {json.dumps(list(countries))}"
        case tree.JoinedWithin(days):
            return f"seller.joined > {(AS_OF - timedelta(days=days)).toordinal()}"
        case tree.Verified():
            return "seller.verified"
        case _:
            raise TypeError(f"{type(node).__name__} has no form for zen-engine")


def pattern_key(pattern: str) -> str:
    """By which the texts that a pattern matches are named: they are matched beforehand."""
    return hashlib.md5(pattern.encode(), usedforsecurity=False).hexdigest()[:8]


def _text(value: str) -> str:
    return json.dumps(value, ensure_ascii=False)
