"""What the merchant's page shows: the statement as it was sent, in a frame of the reader's language."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from django.http import HttpRequest

from enforcement.domain import links
from enforcement.enums import OPEN_APPEALS, AppealState, DecisionState, LiftedBecause
from enforcement.language import words as language
from enforcement.language.words import SOURCE, Words
from enforcement.models import Appeal, AppealItem, Decision, DecisionItem, DecisionMove
from enforcement.queries import appeals as queries
from enforcement.queries import clarifications, waiting
from enforcement.queries.clarifications import Turn
from enforcement.views import recheck

SHOWN_STATES = frozenset(set(DecisionState) - {DecisionState.IN_FORCE, DecisionState.PENDING, DecisionState.HELD})


def words_of(request: HttpRequest, default: str) -> Words:
    """The language asked for on the page, if we have its words."""
    asked = request.GET.get("lang", "") or request.POST.get("lang", "")
    return language.words(language.available(asked) or language.available(default) or SOURCE)


def languages() -> list[tuple[str, str]]:
    return [(tag, language.words(tag).name) for tag in language.languages()]


@dataclass
class Letter:
    """One decision as the merchant reads it now."""

    decision: Decision
    words: Words
    token: str
    now: datetime

    @property
    def content(self) -> Mapping[str, Any]:
        content: Mapping[str, Any] = self.decision.statement.content
        return content

    @property
    def language(self) -> str:
        """Of the statement, which may differ from the frame's."""
        return self.decision.statement.language

    @property
    def foreign(self) -> bool:
        return self.language != self.words.language

    @property
    def languages(self) -> list[tuple[str, str]]:
        return languages()

    @cached_property
    def items(self) -> list[DecisionItem]:
        return list(self.decision.items.select_related("reversal", "violation", "listing").order_by("pk"))

    @cached_property
    def facts(self) -> list[dict[str, Any]]:
        """The statement's listings, with what became of each."""
        items = {item.pk: item for item in self.items}
        again = recheck.of(self.decision, self.items, self.words)
        return [
            {**fact, "restored": hasattr(items[fact["item"]], "reversal"), "again": again.get(fact["item"])}
            for fact in self.content["facts"]
        ]

    @cached_property
    def appeal(self) -> Appeal | None:
        return queries.of_decision(self.decision.pk).first()

    @cached_property
    def closes_at(self) -> datetime:
        return queries.closes_at(self.decision)

    @cached_property
    def contestable(self) -> list[DecisionItem]:
        """What may be appealed against now; nothing while an appeal is open or when the time is over."""
        blocked = self.decision.state == DecisionState.SUPERSEDED or self.now > self.closes_at
        open_appeal = self.appeal is not None and self.appeal.state in OPEN_APPEALS
        return [] if blocked or open_appeal else list(queries.contestable(self.decision))

    @cached_property
    def others_of_event(self) -> list[Decision]:
        """What else can be appealed against together with this decision."""
        return queries.others_of_event(self.decision, self.now) if self.contestable else []

    @cached_property
    def turns(self) -> list[Turn]:
        """Questions about the appeal, with their answers."""
        return clarifications.turns(self.appeal, self.now) if self.appeal else []

    @property
    def question(self) -> Turn | None:
        """The one that can be answered: the last, until the appeal is decided."""
        last = self.turns[-1] if self.turns else None
        return last if last and last.answer is None and self.may_withdraw else None

    @property
    def may_withdraw(self) -> bool:
        return self.appeal is not None and self.appeal.state in OPEN_APPEALS

    @property
    def heard(self) -> bool:
        """Decided in substance, with nothing left to appeal against."""
        unheard = (*OPEN_APPEALS, AppealState.WITHDRAWN, AppealState.INADMISSIBLE)
        return self.appeal is not None and self.appeal.state not in unheard and not self.contestable

    @property
    def over(self) -> bool:
        return self.now > self.closes_at

    @cached_property
    def rows(self) -> list[AppealItem]:
        """What the appeal contests."""
        if self.appeal is None:
            return []
        return list(self.appeal.items.select_related("item__decision").order_by("item__decision_id", "item_id"))

    @property
    def outcomes(self) -> list[tuple[str, str]]:
        """Title and outcome of each item that was heard."""
        return [(_name(row.item), self.words(f"outcome.{row.outcome}")) for row in self.rows if row.outcome]

    @property
    def together(self) -> list[str]:
        """References of the decisions that are heard as one; nothing where it is this one alone."""
        found = dict.fromkeys(row.item.decision.reference for row in self.rows)
        return list(found) if len(found) > 1 else []

    @cached_property
    def files(self) -> list[str]:
        return (
            list(self.appeal.files.filter(answer=None).order_by("pk").values_list("name", flat=True))
            if self.appeal
            else []
        )

    @cached_property
    def moved(self) -> DecisionMove | None:
        """The move into the state that the decision has now, where the merchant is told of it."""
        rows = self.decision.moves.filter(to_state=self.decision.state).order_by("-pk")
        if self.decision.state == DecisionState.IN_FORCE:
            rows = rows.filter(from_state=DecisionState.PENDING)
        elif self.decision.state not in SHOWN_STATES:
            return None
        return rows.first()

    @cached_property
    def takes_effect_at(self) -> datetime | None:
        """Of a decision that has not taken effect."""
        return waiting.deadline(self.decision).takes_effect_at if self.decision.state == DecisionState.PENDING else None

    @property
    def is_open(self) -> bool:
        """Something may still come of it: what is to be corrected, and the points as they were, matter only then."""
        return self.decision.state in recheck.OPEN_STATES

    @property
    def settled_words(self) -> str:
        """How a settled decision says why."""
        because = self.moved.reason if self.moved else ""
        return "state.settled" if because == LiftedBecause.CORRECTED else f"state.settled_{because or 'mixed'}"

    @property
    def successor(self) -> str:
        return self.decision.superseded_by.reference if self.decision.superseded_by else ""


def load(token: str) -> Decision | None:
    """The decision that the link is for; nothing where the link is not ours."""
    try:
        reference = links.reference_of(token)
    except links.LinkBroken:
        return None
    rows = Decision.objects.select_related("merchant", "statement", "superseded_by")
    return rows.filter(reference=reference, statement__isnull=False).first()


def _name(item: DecisionItem) -> str:
    return str(item.facts.get("title") or item.facts.get("listing") or "")
