"""A rule's condition in CEL, as its author would write it."""

import json

from governance.cli.bench import tree

_NUMBERS = {
    tree.Number.PRICE_EUR: "listing.priceEur",
    tree.Number.RETURN_RATE: "merchant.returnRate(30)",
    tree.Number.COMPLAINT_RATE: "merchant.complaintRate(30)",
}


def cel(node: tree.Node) -> str:
    match node:
        case tree.Every(parts):
            return "(" + " && ".join(map(cel, parts)) + ")"
        case tree.Some(parts):
            return "(" + " || ".join(map(cel, parts)) + ")"
        case tree.Not(part):
            return f"!{cel(part)}"
        case tree.Compare(fact, operator, bound):
            return f"{_NUMBERS[fact]} {operator} {bound!r}"
        case tree.CompareAttribute(key, operator, bound):
            return f"listing.attr.{key} {operator} {bound!r}"
        case _:
            return _of_listing(node)


def _of_listing(node: tree.Node) -> str:
    match node:
        case tree.Under(code):
            return f"listing.category.isUnder({_text(code)})"
        case tree.Missing(key):
            return f"!has(listing.attr.{key})"
        case tree.Equals(key, value, guarded):
            equal = f"listing.attr.{key} == {_text(value)}"
            return f"(has(listing.attr.{key}) && {equal})" if guarded else equal
        case tree.Lacks(kind):
            return f"!listing.certificateValid({_text(kind)}, now)"
        case tree.Matches(pattern, any_case):
            return f"listing.text.matches({_text('(?i)' * any_case + pattern)})"
        case tree.Mentions(key):
            return f"listing.text.mentions({_text(key)})"
        case _:
            return _of_merchant(node)


def _of_merchant(node: tree.Node) -> str:
    match node:
        case tree.PrivateSeller():
            return 'merchant.kind == "private"'
        case tree.JoinedWithin(days):
            return f"merchant.joinedAt > now - days({days})"
        case tree.SellerFrom(countries):
            return f"(merchant.country in [{', '.join(map(_text, countries))}])"
        case tree.Verified():
            return "merchant.traderVerified"
        case _:
            raise TypeError(f"{type(node).__name__} has no form in CEL")


def _text(value: str) -> str:
    return json.dumps(value, ensure_ascii=False)
