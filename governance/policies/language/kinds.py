"""The types of the rule language, and what a fact, a function and an attribute declare about themselves."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Words = str | Promise
"""Text that may be translated when it is shown."""


class Kind(StrEnum):
    """`number` is a double; `whole` a 64-bit integer; `moment` a point in time; the rest of the names say it."""

    TEXT = "text"
    NUMBER = "number"
    WHOLE = "whole"
    BOOLEAN = "boolean"
    MOMENT = "moment"
    PERIOD = "period"
    LIST = "list"
    LISTING = "listing"
    MERCHANT = "merchant"
    CASE = "case"
    DECISION = "decision"
    CATEGORY = "category"
    WORDS = "words"
    ATTRIBUTES = "attributes"
    CERTIFICATE = "certificate"
    CERTIFICATES = "certificates"
    WINDOW = "window"
    NOTHING = "nothing"
    ANY = "any"


KIND_WORDS: dict[Kind, Words] = {
    Kind.TEXT: _("a text"),
    Kind.NUMBER: _("a number"),
    Kind.WHOLE: _("a whole number"),
    Kind.BOOLEAN: _("yes or no"),
    Kind.MOMENT: _("a point in time"),
    Kind.PERIOD: _("a length of time"),
    Kind.LIST: _("a list of texts"),
    Kind.LISTING: _("the listing"),
    Kind.MERCHANT: _("the merchant"),
    Kind.CASE: _("the case"),
    Kind.DECISION: _("the decision"),
    Kind.CATEGORY: _("the category"),
    Kind.WORDS: _("the listing's text"),
    Kind.ATTRIBUTES: _("the attributes"),
    Kind.CERTIFICATE: _("a certificate"),
    Kind.CERTIFICATES: _("a list of certificates"),
    Kind.WINDOW: _("a window of days"),
    Kind.NOTHING: _("null"),
    Kind.ANY: _("any value"),
}

ATTRIBUTE_KINDS: Mapping[str, Kind] = {
    "number": Kind.NUMBER,
    "text": Kind.TEXT,
    "boolean": Kind.BOOLEAN,
    "date": Kind.MOMENT,
    "list": Kind.LIST,
}


class Meant(StrEnum):
    """What a literal argument names, so that it can be looked up before the rule runs."""

    CATEGORY = "category"
    TERM_LIST = "term_list"
    CERTIFICATE = "certificate"
    MARKET = "market"
    WINDOW = "window"
    PATTERN = "pattern"
    DAYS = "days"
    DATE = "date"
    PERIOD = "period"


@dataclass(frozen=True, slots=True)
class Fact:
    """`optional`: may be missing, and is then unknown in every operator. `correctable`: the merchant can change it."""

    owner: Kind
    name: str
    kind: Kind
    label: Words
    doc: Words
    optional: bool = False
    unit: str = ""
    correctable: bool = True
    example: str = ""


@dataclass(frozen=True, slots=True)
class Parameter:
    """`meant` says what a literal names; with None any expression of the kind may stand there."""

    name: str
    kind: Kind
    meant: Meant | None = None


@dataclass(frozen=True, slots=True)
class Function:
    """A member of `owner`, or global where owner is None. `owners` lists further kinds that have it.

    `template` is what a call becomes before it runs: `{0}` is a literal argument, `_moment` one that is not; empty for what
    the runtime brings itself. `shows` is the fact whose value explains the answer.
    """

    owner: Kind | None
    name: str
    returns: Kind
    label: Words
    doc: Words
    parameters: tuple[Parameter, ...] = ()
    owners: tuple[Kind, ...] = ()
    optional: bool = False
    unit: str = ""
    template: str = ""
    shows: str = ""
    correctable: bool = True
    example: str = ""

    @property
    def receivers(self) -> tuple[Kind, ...]:
        return (self.owner, *self.owners) if self.owner else ()


_ATTRIBUTE_KEY = re.compile(r"[a-z][a-z0-9_]*")
_RESERVED = frozenset({"in", "true", "false", "null"})


@dataclass(frozen=True, slots=True)
class AttributeType:
    """An entry of the attribute register. `kind` is number, text, boolean, date or list; raises ValueError for others."""

    key: str
    kind: str
    unit: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.kind not in ATTRIBUTE_KINDS:
            raise ValueError(f"attribute {self.key!r}: kind {self.kind!r} is none of {', '.join(ATTRIBUTE_KINDS)}")
        if not _ATTRIBUTE_KEY.fullmatch(self.key) or self.key in _RESERVED:
            raise ValueError(f"attribute {self.key!r}: a key is lower-case letters, figures and _, and no literal")

    def fact(self) -> Fact:
        return Fact(
            owner=Kind.ATTRIBUTES,
            name=self.key,
            kind=ATTRIBUTE_KINDS[self.kind],
            label=self.labels.get("en", self.key.replace("_", " ")),
            doc="",
            optional=True,
            unit=self.unit,
        )
