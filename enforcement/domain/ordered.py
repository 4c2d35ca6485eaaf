"""Decisions that carry out the order of a court or an authority: what it says, and until when it keeps the merchant in the dark.

The judgement is the authority's (DSA Art. 9, Regulation (EU) 2023/988 Art. 22(4)): such a decision gives no points, has no time to
correct, and is none of the Transparency Database's business (DSA Art. 17(5)).
"""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from enforcement.enums import Origin
from enforcement.language.words import Words
from enforcement.models import Decision, OrderGround
from enforcement.queries import deadlines
from governance.web import formats


@dataclass(frozen=True)
class Ordered:
    """`number` is the authority's own; `tell_after` as the order asks, if it does."""

    authority: str
    country: str
    number: str
    legal_basis: str
    reasons: str
    redress: str
    language: str
    tell_after: datetime | None = None


def keep(decision: Decision, ordered: Ordered | None) -> None:
    if ordered is not None:
        OrderGround.objects.create(decision=decision, **asdict(ordered))


def of(decision: Decision) -> OrderGround | None:
    """None where no order is behind it."""
    if decision.origin_kind != Origin.ORDER:
        return None
    return OrderGround.objects.filter(decision=decision).first()


def held_back_until(decision: Decision, at: datetime) -> datetime | None:
    """Until when nothing about the decision goes to the merchant; None where it may now."""
    order = of(decision)
    until = order.tell_after if order else None
    return until if until and until > at else None


# --- what the statement says -----------------------------------------------------------------------


def found(words: Words, order: OrderGround) -> str:
    return words("order.found", authority=issuer(order.authority, order.country), number=order.number)


def until(words: Words, decision: Decision) -> str:
    if decision.ends_at is None:
        return words("order.until")
    return words("order.until_date", date=words.minute(decision.ends_at))


def ground(words: Words, order: OrderGround, title: str) -> dict[str, Any]:
    """The authority's legal basis and its own reasons, in the language of the order."""
    reference = words("order.basis", basis=order.legal_basis)
    return {
        "reference": reference,
        "title": title,
        "text": order.reasons,
        "language": order.language,
        "facts": "",
        "note": "",
    }


def correction(words: Words) -> dict[str, Any]:
    """The merchant can correct nothing: the order stands until it is withdrawn."""
    return {"by": "", "steps": [words("order.correct")], "language": words.language, "recheck": ""}


def redress(words: Words, order: OrderGround, at: datetime) -> list[str]:
    """Against the order before the authority or its courts (DSA Art. 9(5)); against how we carried it out before us."""
    last = words.day(deadlines.months_after(at.date(), deadlines.APPEAL_MONTHS))
    return [
        against(words, order.redress, issuer(order.authority, order.country)),
        words("order.appeal", date=last),
        words("redress.answer", n=deadlines.ANSWER_WORKING_DAYS),
        words("redress.court"),
    ]


def against(words: Words, text: str, authority: str) -> str:
    """How the order itself can be contested, as far as it says so."""
    return words("order.redress", text=text) if text else words("order.redress_unknown", authority=authority)


def issuer(authority: str, country: str) -> str:
    return f"{authority} ({formats.country(country)})"
