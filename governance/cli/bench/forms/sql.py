"""A rule as a condition of SQL, in PostgreSQL's dialect and in DuckDB's.

The tables stand under the same names in both: `l` listings, `m` their merchants, `t` the traders' files, `w` the windows
of 30 days, `c` certificates, `category`, and `mention` with the lists that a listing's text mentions.
"""

import json
from collections.abc import Sequence

from governance.cli.bench import tree
from governance.cli.bench.merchants import AS_OF

ZONES = "l.title || chr(30) || l.description"
_RATES = {
    tree.Number.PRICE_EUR: "l.price_eur",
    tree.Number.RETURN_RATE: "w.returns / NULLIF(w.orders, 0)::double precision",
    tree.Number.COMPLAINT_RATE: "w.complaints / NULLIF(w.orders, 0)::double precision",
}
_VALID = (
    f"(c.valid_from IS NULL OR c.valid_from <= '{AS_OF}') AND (c.valid_until IS NULL OR c.valid_until >= '{AS_OF}')"
)


class Dialect:
    """What both have in common."""

    def condition(self, rule: tree.Rule) -> str:
        """Where the policy applies, and its condition."""
        parts = [self.in_markets(rule.jurisdictions)]
        if rule.categories:
            parts.append("(" + " OR ".join(self._under(code) for code in rule.categories) + ")")
        return " AND ".join([*reversed(parts), self._of(rule.when)])

    def in_markets(self, codes: Sequence[str]) -> str:
        raise NotImplementedError

    def missing(self, key: str) -> str:
        raise NotImplementedError

    def equals(self, key: str, value: str) -> str:
        raise NotImplementedError

    def matches(self, pattern: str, any_case: bool) -> str:
        raise NotImplementedError

    def _of(self, node: tree.Node) -> str:
        match node:
            case tree.Every(parts):
                return "(" + " AND ".join(map(self._of, parts)) + ")"
            case tree.Some(parts):
                return "(" + " OR ".join(map(self._of, parts)) + ")"
            case tree.Not(part):
                return f"NOT ({self._of(part)})"
            case tree.Matches(pattern, any_case):
                return self.matches(pattern, any_case)
            case tree.Mentions(key):
                return f"l.id IN (SELECT n.listing_id FROM mention n WHERE n.list_key = {text(key)})"
            case tree.Under(code):
                return self._under(code)
            case _:
                return self._of_listing(node)

    def _of_listing(self, node: tree.Node) -> str:
        match node:
            case tree.Missing(key):
                return self.missing(key)
            case tree.Equals(key, value):
                return self.equals(key, value)
            case tree.Lacks(kind):
                held = f"SELECT 1 FROM certificate c WHERE c.type = {text(kind)} AND {_VALID} AND"
                of_all = "c.listing_id IS NULL AND c.merchant_id = l.merchant_id"
                return f"NOT EXISTS ({held} c.listing_id = l.id) AND NOT EXISTS ({held} {of_all})"
            case tree.Compare(fact, operator, bound):
                return f"{_RATES[fact]} {operator} {bound!r}"
            case tree.CompareAttribute(key, operator, bound):
                return f"CAST(l.attributes ->> {text(key)} AS double precision) {operator} {bound!r}"
            case _:
                return _of_merchant(node)

    def _under(self, code: str) -> str:
        below = f"k.code = {text(code)} OR starts_with(k.code, {text(code + '/')})"
        return f"l.category_id IN (SELECT k.id FROM category k WHERE {below})"


class PostgreSQL(Dialect):
    def in_markets(self, codes: Sequence[str]) -> str:
        return f"l.markets && '{{{','.join(codes)}}}'::varchar[]"

    def missing(self, key: str) -> str:
        return f"NOT l.attributes ? {text(key)}"

    def equals(self, key: str, value: str) -> str:
        return f"l.attributes @> {text(json.dumps({key: value}))}"

    def matches(self, pattern: str, any_case: bool) -> str:
        """Its word boundary is \\y; the parentheses are the index's."""
        spelled = pattern.replace(r"\b", r"\y")
        return f"({ZONES}) {'~*' if any_case else '~'} {text(spelled)}"


class DuckDB(Dialect):
    def in_markets(self, codes: Sequence[str]) -> str:
        return f"list_has_any(l.markets, [{', '.join(map(text, codes))}])"

    def missing(self, key: str) -> str:
        return f"l.attributes ->> {text(key)} IS NULL"

    def equals(self, key: str, value: str) -> str:
        return f"coalesce(l.attributes ->> {text(key)} = {text(value)}, false)"

    def matches(self, pattern: str, any_case: bool) -> str:
        return f"regexp_matches(l.words, {text('(?i)' * any_case + pattern)})"


def _of_merchant(node: tree.Node) -> str:
    match node:
        case tree.PrivateSeller():
            return "m.kind = 'private'"
        case tree.SellerFrom(countries):
            return f"m.country IN ({', '.join(map(text, countries))})"
        case tree.JoinedWithin(days):
            return f"m.joined_on > DATE '{AS_OF}' - {days}"
        case tree.Verified():
            return f"coalesce(t.verified_on <= '{AS_OF}', false)"
        case _:
            raise TypeError(f"{type(node).__name__} has no form in SQL")


def text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
