"""Why a rule holds, fails or cannot be decided: kept as JSON with the violation, worded when somebody reads it."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from governance.policies.language.conditions import Condition, Group, Held, Part, Seen, combined, follows
from governance.policies.language.finding import Finder
from governance.policies.language.row import Row
from governance.policies.language.rows import CertificateFacts
from listings.text import DESCRIPTION, TITLE

if TYPE_CHECKING:
    from governance.policies.language.rule import Rule

CATEGORY = "listing.category.code"
CURRENCY = "currency"
"""The unit of a price: what the listing says."""

FORM = 1
"""Raised when the JSON's form changes; readers look at it."""
MOST_MATCHES = 100
MOST_WORDS = 5
MOST_LISTED = 20
LONGEST_VALUE = 200

Json = dict[str, Any]


def explain(rule: "Rule", row: Row, market: str | None = None, *, held: Held = None) -> Json:
    """Return the tree of conditions with the values seen, the facts that are missing, and the matched words.

    `held` is what the rule was found to be, true or false: then what follows from it is not asked again. A match's start and end
    count code points of its zone (title, description, or the attribute `key`) as it was written.
    """
    row.prepare(rule.needs)
    explainer = _Explainer(rule, row, market if rule.per_market else None)
    tree = explainer.part(rule.parts, held)
    explained: Json = {"form": FORM, "held": tree["held"], "tree": tree, "matches": explainer.matches()}
    if explainer.missing:
        explained["missing"] = list(explainer.missing.values())
    if explainer.market is not None:
        explained["market"] = explainer.market
    return explained


class _Explainer:
    def __init__(self, rule: "Rule", row: Row, market: str | None) -> None:
        self.row = row
        self.market = market
        self.finder = Finder(rule.environment.matcher, row)
        self.categories = rule.environment.known.categories or {}
        self.missing: dict[str, Json] = {}
        self.found: dict[tuple[str, str, int, int], Json] = {}

    def part(self, part: Part, held: Held = None) -> Json:
        """`held` is what is known of it already, true or false."""
        return self._group(part, held) if isinstance(part, Group) else self._condition(part, held)

    def matches(self) -> list[Json]:
        """Return the matched words of all conditions in the order in which they are read, each place once."""
        order = {TITLE: 0, DESCRIPTION: 1}
        places = sorted(self.found, key=lambda place: (order.get(place[0], 2), *place))
        return [self.found[place] for place in places[:MOST_MATCHES]]

    def _group(self, group: Group, held: Held) -> Json:
        known = held if held is follows(group.op) else None
        children = [self.part(part, known) for part in group.parts]
        return {
            "op": group.op,
            "held": combined(group.op, [child["held"] for child in children]),
            "children": children,
            "at": [group.node.start, group.node.end],
        }

    def _condition(self, condition: Condition, held: Held) -> Json:
        if held is None:
            held = condition.held(self.row, self.market)
        node: Json = {**condition.told, "held": held}
        right = node.get("right")
        if right and right.get("unit") == CURRENCY:  # that of the price beside it
            node["right"] = right | {"unit": self.row.value("listing.currency") or ""}
        if values := [value for seen in condition.seen if (value := self._value(seen, held)) is not None]:
            node["values"] = values
        if condition.about_words and (words := self._words(condition)):
            node["words"] = words
        return node

    def _value(self, seen: Seen, held: Held) -> Json | None:
        if not self.row.reads(seen.path):
            return None
        value = self.row.value(seen.path)
        if value is None and held is None:
            self.missing.setdefault(seen.path, seen.operand)
        shown: Json = {**seen.operand, "seen": _json(value)}
        unit = self.row.value("listing.currency") if seen.unit == CURRENCY else seen.unit
        names = self.categories.get(value) if seen.path == CATEGORY and "function" in seen.operand else None
        return shown | ({"unit": unit} if unit else {}) | ({"names": names} if names else {})

    def _words(self, condition: Condition) -> list[str]:
        """Keep what a condition matched; return the first few different words."""
        matches = self.finder.matches(condition)
        for match in matches:
            self.found.setdefault((match["zone"], match["key"], match["start"], match["end"]), match)
        return list(dict.fromkeys(match["text"] for match in matches))[:MOST_WORDS]


def _json(value: Any) -> Any:
    """Return a value as JSON keeps it, cut to what a person reads."""
    match value:
        case datetime():
            return value.isoformat()
        case str():
            return value if len(value) <= LONGEST_VALUE else value[:LONGEST_VALUE] + "…"
        case CertificateFacts():
            return _certificate(value)
        case list() | tuple():
            return [_json(entry) for entry in value[:MOST_LISTED]]
        case _:
            return value


def _certificate(certificate: CertificateFacts) -> Json:
    kept: Json = {"type": certificate.type, "number": certificate.number}
    for name in ("valid_from", "valid_until"):
        day = getattr(certificate, name)
        kept[name] = day.isoformat() if day else None
    return {name: entry for name, entry in kept.items() if entry}
