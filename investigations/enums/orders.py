"""Closed sets of orders by courts and authorities (DSA Art. 9 and 10, Regulation (EU) 2023/988 Art. 22(4))."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from governance.policies.enums import Measure


class OrderKind(models.TextChoices):
    ACT = "act", pgettext_lazy("order", "Act against illegal content")
    INFORM = "inform", pgettext_lazy("order", "Provide information")
    SAFETY = "safety", pgettext_lazy("order", "Act against a dangerous product")


ORDER_KIND_ICON: dict[OrderKind, str] = {
    OrderKind.ACT: "gavel",
    OrderKind.INFORM: "report",
    OrderKind.SAFETY: "megaphone",
}
ORDER_KIND_TONE: dict[OrderKind, str] = dict.fromkeys(OrderKind, "neutral") | {OrderKind.SAFETY: "serious"}
ORDER_ARTICLE: dict[OrderKind, str] = {
    OrderKind.ACT: "DSA Art. 9",
    OrderKind.INFORM: "DSA Art. 10",
    OrderKind.SAFETY: "GPSR Art. 22(4)",
}


class OrderState(models.TextChoices):
    RECEIVED = "received", pgettext_lazy("order", "To be checked")
    INCOMPLETE = "incomplete", pgettext_lazy("order", "Authority asked")
    CHECKED = "checked", pgettext_lazy("order", "To be carried out")
    EXECUTING = "executing", pgettext_lazy("order", "Being carried out")
    EXECUTED = "executed", pgettext_lazy("order", "Carried out")
    PARTLY = "partly", pgettext_lazy("order", "Carried out in part")
    REFUSED = "refused", pgettext_lazy("order", "Refused")
    WITHDRAWN = "withdrawn", pgettext_lazy("order", "Withdrawn by the authority")


# An authority withdraws at any time, also what was carried out. What was refused or done in part may be taken up again.
ORDER_MOVES: dict[OrderState, frozenset[OrderState]] = {
    OrderState.RECEIVED: frozenset(
        {OrderState.INCOMPLETE, OrderState.CHECKED, OrderState.REFUSED, OrderState.WITHDRAWN}
    ),
    OrderState.INCOMPLETE: frozenset(
        {OrderState.INCOMPLETE, OrderState.CHECKED, OrderState.REFUSED, OrderState.WITHDRAWN}
    ),
    OrderState.CHECKED: frozenset({OrderState.EXECUTING, OrderState.REFUSED, OrderState.WITHDRAWN}),
    OrderState.EXECUTING: frozenset({OrderState.EXECUTED, OrderState.PARTLY, OrderState.REFUSED, OrderState.WITHDRAWN}),
    OrderState.EXECUTED: frozenset({OrderState.WITHDRAWN}),
    OrderState.PARTLY: frozenset({OrderState.EXECUTING, OrderState.WITHDRAWN}),
    OrderState.REFUSED: frozenset({OrderState.CHECKED, OrderState.WITHDRAWN}),
    OrderState.WITHDRAWN: frozenset(),
}
ORDER_TONE: dict[OrderState, str] = {
    OrderState.RECEIVED: "caution",
    OrderState.INCOMPLETE: "info",
    OrderState.CHECKED: "caution",
    OrderState.EXECUTING: "info",
    OrderState.EXECUTED: "ok",
    OrderState.PARTLY: "caution",
    OrderState.REFUSED: "serious",
    OrderState.WITHDRAWN: "neutral",
}
OPEN_ORDERS = frozenset({OrderState.RECEIVED, OrderState.INCOMPLETE, OrderState.CHECKED, OrderState.EXECUTING})
CARRIED_OUT_ORDERS = frozenset({OrderState.CHECKED, OrderState.EXECUTING})
"""Those upon which something may be done now."""


class OrderOutcome(models.TextChoices):
    """Of each thing that is ordered about."""

    OPEN = "open", pgettext_lazy("ordered", "To be done")
    DONE = "done", pgettext_lazy("ordered", "Done")
    NOT_DONE = "not_done", pgettext_lazy("ordered", "Not done")
    UNKNOWN = "unknown", pgettext_lazy("ordered", "Not found here")


ORDER_OUTCOME_TONE: dict[OrderOutcome, str] = {
    OrderOutcome.OPEN: "caution",
    OrderOutcome.DONE: "ok",
    OrderOutcome.NOT_DONE: "neutral",
    OrderOutcome.UNKNOWN: "serious",
}


class OrderElement(models.TextChoices):
    """What an order has to contain (DSA Art. 9(2) and 10(2))."""

    BASIS = "basis", pgettext_lazy("order", "Its legal basis is named")
    REASONS = "reasons", pgettext_lazy("order", "It has reasons, with the provisions that are infringed")
    ISSUER = "issuer", pgettext_lazy("order", "It says which authority issues it, and whom we may ask")
    LOCATED = (
        "located",
        pgettext_lazy("order", "It names what it is about so that we can find it: addresses or numbers"),
    )
    RECIPIENT = "recipient", pgettext_lazy("order", "It names whom it is about: an account's name or identifier")
    REDRESS = "redress", pgettext_lazy("order", "It says how we and the merchant can contest it")
    SCOPE = "scope", pgettext_lazy("order", "It says in which countries it holds")
    LANGUAGE = "language", pgettext_lazy("order", "It is in a language that we have named, or comes with a translation")
    HELD = "held", pgettext_lazy("order", "It asks only for information that we hold already")


_ON_CONTENT = (
    OrderElement.BASIS,
    OrderElement.REASONS,
    OrderElement.ISSUER,
    OrderElement.LOCATED,
    OrderElement.REDRESS,
    OrderElement.SCOPE,
    OrderElement.LANGUAGE,
)
ORDER_ELEMENTS: dict[OrderKind, tuple[OrderElement, ...]] = {
    OrderKind.ACT: _ON_CONTENT,
    OrderKind.SAFETY: _ON_CONTENT,
    OrderKind.INFORM: (
        OrderElement.BASIS,
        OrderElement.REASONS,
        OrderElement.ISSUER,
        OrderElement.RECIPIENT,
        OrderElement.REDRESS,
        OrderElement.HELD,
        OrderElement.LANGUAGE,
    ),
}
ELEMENT_LAW: dict[OrderElement, tuple[str, str]] = {
    OrderElement.BASIS: ("9(2)(a)(i)", "10(2)(a)(i)"),
    OrderElement.REASONS: ("9(2)(a)(ii)", "10(2)(a)(iv)"),
    OrderElement.ISSUER: ("9(2)(a)(iii)", "10(2)(a)(ii)"),
    OrderElement.LOCATED: ("9(2)(a)(iv)", ""),
    OrderElement.RECIPIENT: ("", "10(2)(a)(iii)"),
    OrderElement.REDRESS: ("9(2)(a)(v)", "10(2)(a)(v)"),
    OrderElement.SCOPE: ("9(2)(b)", ""),
    OrderElement.LANGUAGE: ("9(2)(c)", "10(2)(c)"),
    OrderElement.HELD: ("", "10(2)(b)"),
}
"""Where the DSA asks for it: of an order to act, of one for information."""


class OrderLetterKind(models.TextChoices):
    RECEIPT = "receipt", pgettext_lazy("letter", "Receipt")
    QUESTION = "question", pgettext_lazy("letter", "What is missing")
    REPORT = "report", pgettext_lazy("letter", "Effect report")
    MERCHANT = "merchant", pgettext_lazy("letter", "To the merchant")


ORDER_MEASURES = (Measure.RESTRICT_MARKETS, Measure.REMOVE, Measure.LABEL, Measure.AGE_GATE)
"""What may carry out an order: it acts on listings, in the markets of the order and in no other."""


class OrderChannel(models.TextChoices):
    STAFF = "staff", _("Entered by hand")
    API = "api", _("API")
