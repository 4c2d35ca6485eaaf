"""Rules and listings made at random, typed, so that nearly every rule compiles: what hypothesis draws for the agreement tests."""

import os
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from governance.policies.language import (
    AttributeType,
    CertificateFacts,
    Environment,
    ListingFacts,
    MerchantFacts,
    Subject,
    TermListSpec,
    WindowFacts,
)

EXAMPLES = int(os.environ.get("COLUMNS_EXAMPLES", "500"))
"""The nightly run asks for 20,000."""

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
ENVIRONMENT = Environment(
    attributes=[
        *(AttributeType(key, "number") for key in ("n1", "n2")),
        *(AttributeType(key, "boolean") for key in ("b1", "b2")),
        *(AttributeType(key, "text") for key in ("t1", "t2")),
        *(AttributeType(key, "date") for key in ("d1", "d2")),
        *(AttributeType(key, "list") for key in ("l1", "l2")),
    ],
    term_lists=[
        TermListSpec("blades", 1, {"en": ["knife"]}, reads="skeleton"),
        TermListSpec("guns", 1, {"en": ["gun"]}, exceptions={"en": ["water gun"]}),
    ],
)
WORDS = ("", "a", "A", "ab", " b ", "é", "É", "ß", "\u00a0x", "Ünïcode", "0", "😀")
MARKETS = ("DE", "FR", "TR")
LOOP_TEXTS, LOOP_CERTIFICATES = ("x", "y"), ("c", "d")
Draw = Callable[[st.SearchStrategy[Any]], Any]


def quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


class Author:
    """Writes one rule. `texts` and `certificates` are the loops' variables at the place."""

    def __init__(self, draw: Draw) -> None:
        self.draw = draw
        self.texts: list[str] = []
        self.certificates: list[str] = []
        self.depth = 0

    def one(self, *choices: Any) -> Any:
        return self.draw(st.sampled_from(choices))

    def boolean(self, size: int) -> str:
        if size <= 0:
            return str(
                self.one(self._given, self._flag, self._compared, self._compared, self._contained, self._words)(0)
            )
        return str(
            self.one(
                self._logic,
                self._logic,
                self._choice,
                self._compared,
                self._contained,
                self._loop,
                self._of_text,
                self._given,
            )(size - 1)
        )

    def _logic(self, size: int) -> str:
        form = self.one("({0} && {1})", "({0} || {1})", "!({0})")
        return str(form.format(self.boolean(size), self.boolean(size)))

    def _choice(self, size: int) -> str:
        return f"({self.boolean(size)} ? {self.boolean(size)} : {self.boolean(size)})"

    def _given(self, _size: int) -> str:
        fact = self.one(
            "listing.brand", "listing.price", "listing.attr.n1", "listing.attr.l1", "listing.attr.d1", "listing.ean"
        )
        return str(self.one("has({0})", "{0} != null", "{0} == null").format(fact))

    def _flag(self, _size: int) -> str:
        return str(
            self.one(
                "listing.attr.b1",
                "listing.attr.b2",
                "merchant.selfCertified",
                "merchant.identityComplete",
                "merchant.traderVerified",
                "listing.eanValid()",
                "true",
                "false",
            )
        )

    def _words(self, _size: int) -> str:
        return str(
            self.one(
                'listing.text.mentions("blades")',
                'listing.text.mentions("guns")',
                'listing.text.matches("(?i)gun|é")',
                'listing.title.matches("^.b?$")',
                'listing.brand.matches("[[:upper:]]")',
                'listing.category.isUnder("toys")',
                'listing.category.isUnder("toys/plush")',
                'listing.hasCertificate("CE")',
                'listing.certificateValid("CE", now)',
                'merchant.certificateValid("EN71", listing.attr.d1)',
                'listing.inMarket("DE")',
                'listing.readableIn("DE")',
                "listing.readableIn(listing.attr.t1)",
            )
        )

    def _compared(self, size: int) -> str:
        kind = self.one(self.number, self.whole, self.text, self.moment, self.period)
        return f"{kind(size)} {self.one('==', '!=', '<', '<=', '>', '>=')} {kind(size)}"

    def _contained(self, size: int) -> str:
        form = self.one("{0} in [{0}, {1}]", "{0} in {2}", "{0} in [{1}]")
        kind = self.one(self.text, self.text, self.number, self.whole)
        held = self.listed() if kind == self.text else f"[{kind(0)}]"
        return str(form.format(kind(size), kind(0), held)) if form != "{0} in {2}" else f"{kind(size)} in {held}"

    def _of_text(self, size: int) -> str:
        return f"{self.text(size)}.{self.one('startsWith', 'endsWith', 'contains')}({self.text(0)})"

    def _loop(self, size: int) -> str:
        if len(self.texts) + len(self.certificates) >= 2:
            return self._flag(0)
        how = self.one("exists", "all", "exists_one")
        if self.one(True, False):
            return f"{self.looped_texts()}.{how}({self._with(self.texts, LOOP_TEXTS, size)})"
        return f"{self.looped_certificates()}.{how}({self._with(self.certificates, LOOP_CERTIFICATES, size)})"

    def _with(self, variables: list[str], names: tuple[str, ...], size: int) -> str:
        name = names[len(variables)]
        variables.append(name)
        body = self.boolean(min(size, 2))
        variables.pop()
        return f"{name}, {body}"

    def listed(self) -> str:
        return str(self.one("listing.markets", "listing.attr.l1", "listing.attr.l2", "listing.images"))

    def looped_texts(self) -> str:
        if self.one(True, False, False) and not self.texts and not self.certificates:
            return f"{self.listed()}.filter({self._with(self.texts, LOOP_TEXTS, 1)})"
        return str(self.one(self.listed(), self.listed(), f"[{self.text(0)}, {self.text(0)}]"))

    def looped_certificates(self) -> str:
        return str(self.one("listing.certificates", "merchant.certificates"))

    def text(self, size: int) -> str:
        if size > 0 and self.one(True, False):
            return str(
                self.one("{0}.lowerAscii()", "{0}.upperAscii()", "{0}.trim()", "({0} + {0})").format(
                    self.text(size - 1)
                )
            )
        named = [*self.texts, *(f"{each}.{name}" for each in self.certificates for name in ("type", "issuer"))]
        facts = (
            "listing.title",
            "listing.brand",
            "listing.attr.t1",
            "listing.attr.t2",
            "merchant.country",
            "listing.currency",
        )
        return str(self.one(*named, *facts, *map(quoted, WORDS[:6]), '"DE"'))

    def number(self, size: int) -> str:
        if size > 0 and self.one(True, False, False):
            form = self.one("({0} + {1})", "({0} - {1})", "({0} * {1})", "({0} / {1})", "(-{0})", "double({2})")
            return str(form.format(self.number(size - 1), self.number(size - 1), self.whole(size - 1)))
        return str(
            self.one(
                "listing.attr.n1", "listing.attr.n2", "listing.price", "listing.priceEur", "merchant.returnRate(30)",
                "listing.rating(7)", "listing.revenueEur(90)", "0.0", "1.5", "2.0", "1e308", "100.0",
            )
        )  # fmt: skip

    def whole(self, size: int) -> str:
        if size > 0 and self.one(True, False, False):
            form = self.one("({0} + {1})", "({0} - {1})", "({0} * {1})", "({0} / {1})", "({0} % {1})", "(-{0})")
            return str(form.format(self.whole(size - 1), self.whole(size - 1)))
        return str(
            self.one(
                "listing.imageCount", "merchant.points", "merchant.orders(30)", "listing.visits(7)", "0", "1", "3",
                "9223372036854775807", "(-9223372036854775807)", "size(listing.markets)", "size(listing.title)",
                "size(listing.certificates)", "size(listing.attr.l1)", "listing.createdAt.getFullYear()",
            )
        )  # fmt: skip

    def moment(self, size: int) -> str:
        if size > 0 and self.one(True, False):
            return f"({self.moment(size - 1)} {self.one('+', '-')} {self.period(0)})"
        named = [f"{each}.{name}" for each in self.certificates for name in ("validFrom", "validUntil")]
        facts = (
            "listing.createdAt",
            "listing.updatedAt",
            "listing.attr.d1",
            "listing.attr.d2",
            "merchant.joinedAt",
            "now",
        )
        return str(
            self.one(*named, *facts, 'timestamp("2026-11-22T23:59:59.5+02:00")', 'timestamp("9999-12-31T23:59:59Z")')
        )

    def period(self, size: int) -> str:
        if size > 0 and self.one(True, False):
            form = self.one("({0} - {1})", "({2} + {3})", "({2} - {3})", "(-{2})")
            return str(form.format(self.moment(0), self.moment(0), self.period(0), self.period(0)))
        return str(self.one("days(7)", "days(1)", 'duration("36h")', 'duration("1h30m5.25s")', 'duration("-90s")'))


@st.composite
def rules(draw: Draw) -> str:
    return Author(draw).boolean(draw(st.integers(0, 4)))


_texts = st.sampled_from(WORDS)
_maybe = st.none() | _texts.filter(bool)
_days = st.sampled_from([date(1, 1, 1), date(1969, 12, 31), date(2026, 11, 22), date(2026, 11, 23), date(9999, 12, 31)])
_moments = st.sampled_from(
    [NOW, NOW - timedelta(days=7), NOW - timedelta(microseconds=1), datetime(1970, 1, 1, tzinfo=UTC)]
)
_numbers = st.sampled_from([0.0, -0.0, 1.0, 1.5, -2.0, 100.0, 1e308, 5e-324])
_certificates = st.builds(
    CertificateFacts,
    st.sampled_from(["CE", "EN71", ""]),
    number=_maybe,
    issuer=_maybe,
    valid_from=st.none() | _days,
    valid_until=st.none() | _days,
)
_windows = st.dictionaries(
    st.sampled_from([7, 30, 90]),
    st.builds(
        WindowFacts,
        visits=st.sampled_from([0, 3, 900]),
        orders=st.sampled_from([0, 4]),
        revenue_eur=st.sampled_from([0.0, 99.5]),
        returns=st.sampled_from([0, 1]),
        rating_sum=st.sampled_from([0, 9]),
        rating_count=st.sampled_from([0, 2]),
    ),
)
_attributes = st.fixed_dictionaries(
    {},
    optional={
        **dict.fromkeys(("n1", "n2"), _numbers),
        **{key: st.booleans() for key in ("b1", "b2")},
        **dict.fromkeys(("t1", "t2"), _texts),
        **{key: _days.map(date.isoformat) for key in ("d1", "d2")},
        **{key: st.lists(_texts, max_size=3) for key in ("l1", "l2")},
    },
)
_merchants = st.builds(
    MerchantFacts,
    id=st.just(7),
    reference=st.just("M-7"),
    name=_texts,
    kind=st.sampled_from(["business", "private"]),
    country=st.sampled_from(MARKETS),
    created_at=_moments,
    self_certified=st.booleans(),
    trader_verified=st.booleans(),
    joined_on=st.none() | _days,
    points=st.sampled_from([0, 4, 2**31 - 1]),
    certificates=st.lists(_certificates, max_size=2),
    windows=_windows,
)
_listings = st.builds(
    ListingFacts,
    id=st.just(1),
    version=st.just(1),
    reference=st.just("A-1"),
    title=st.sampled_from([*WORDS, "k-n-1-f-e", "water gun", "a gun"]),
    description=_texts,
    created_at=_moments,
    updated_at=_moments,
    markets=st.lists(st.sampled_from(MARKETS), max_size=3, unique=True),
    brand=_maybe,
    ean=st.none() | st.sampled_from(["4006381333931", "4006381333932"]),
    language=st.none() | st.sampled_from(["en", "de"]),
    price=st.none() | _numbers,
    price_eur=st.none() | _numbers,
    currency=st.none() | st.just("EUR"),
    category=st.none() | st.sampled_from(["toys", "toys/plush", "toysrus", "home"]),
    attributes=_attributes,
    images=st.lists(_texts, max_size=2),
    certificates=st.lists(_certificates, max_size=3),
    windows=_windows,
    readable_in=st.none() | st.lists(st.sampled_from(MARKETS), max_size=2),
)
subjects = st.lists(st.builds(Subject, _merchants, _listings), min_size=1, max_size=8)


def numbered(read: list[Subject]) -> list[Subject]:
    """With keys of their own."""
    return [Subject(each.merchant, replace(each.listing, id=nth)) for nth, each in enumerate(read) if each.listing]
