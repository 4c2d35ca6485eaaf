"""Searching cases."""

from collections.abc import Mapping, Sequence

from django.db.models import Exists, F, OuterRef, TextField, Value
from django.db.models.functions import Coalesce, NullIf
from django.utils.translation import gettext_lazy as _

from governance.policies.enums import Severity
from governance.policies.language.kinds import Kind
from governance.policies.language.scope import About
from governance.policies.language.vocabulary import CASE_FACTS
from investigations.enums import CaseOrigin, CaseOutcome, CaseState, Moment, SearchKind
from investigations.models import CaseItem, CaseMove, Claim, Note, Question, Queue, Snooze
from investigations.queries.conditions.spelled import Spelled
from investigations.queries.searched.kind import (
    Facet,
    Searched,
    Timed,
    again,
    countries,
    labels,
    policies,
    stored,
)
from investigations.queries.searched.merchants import count, facts_of_merchant, windows_of_merchant

_C = Kind.CASE
_IN_RULES = {fact.name: fact for fact in CASE_FACTS}
_OUTER = {"case": OuterRef("pk")}


def _queues(_values: Sequence[str], language: str) -> Mapping[str, str]:
    return {queue.key: queue.name_in(language) for queue in Queue.objects.order_by("pk")}


_FACTS = (
    again(_IN_RULES["severity"], F("severity")),
    stored(
        _C, "priority", Kind.NUMBER, _("priority"), _("0 to 100: severity, reach and age together."), F("priority"),
        example="case.priority > 80",
    ),
    stored(
        _C, "state", Kind.TEXT, _("state"), _("open, in_review, held, closed."), F("state"),
        example='case.state != "closed"',
    ),
    stored(
        _C, "outcome", Kind.TEXT, _("outcome"), _("decided, no_violation, resolved, merged; missing until it is closed."),
        NullIf("outcome", Value(""), output_field=TextField()), optional=True, example='case.outcome == "no_violation"',
    ),
    stored(
        _C, "queue", Kind.TEXT, _("queue"), _("The short name of the queue it is in."), F("queue__key"),
        example='case.queue == "standard"',
    ),
    again(_IN_RULES["policy"], F("policy__slug")),
    again(_IN_RULES["family"], F("policy__family")),
    again(_IN_RULES["origin"], F("origin")),
    again(_IN_RULES["markets"], F("markets")),
    again(_IN_RULES["languages"], F("languages")),
    again(_IN_RULES["listings"], count(CaseItem.objects.filter(**_OUTER, settled_at__isnull=True), by="case")),
    stored(
        _C, "items", Kind.WHOLE, _("number of things"), _("All that ever were in it, settled or not."),
        count(CaseItem.objects.filter(**_OUTER), by="case"), example="case.items > 100",
    ),
    again(_IN_RULES["orders30d"], F("orders_30d")),
    again(_IN_RULES["views30d"], F("views_30d")),
    again(_IN_RULES["openedAt"], F("opened_at")),
    stored(
        _C, "dueAt", Kind.MOMENT, _("decide by"), _("By when it is, or was, to be decided."), F("due_at"),
        example="case.dueAt < now + days(1)",
    ),
    stored(
        _C, "closedAt", Kind.MOMENT, _("closed"), _("Missing until it is closed."), F("closed_at"), optional=True,
        example="case.closedAt > now - days(7)",
    ),
    stored(
        _C, "ageHours", Kind.NUMBER, _("age"), _("Hours since it was opened, until it was closed."),
        lambda reader: Spelled(
            "(EXTRACT(EPOCH FROM ({0} - {1})) / 3600)", Coalesce("closed_at", reader.at), F("opened_at")
        ),
        unit="h", example="case.ageHours > 72",
    ),
    stored(
        _C, "late", Kind.BOOLEAN, _("late"), _("It should have been decided, or was decided too late."),
        lambda reader: Spelled("({0} < {1})", F("due_at"), Coalesce("closed_at", reader.at)), example="case.late",
    ),
    stored(
        _C, "reopened", Kind.BOOLEAN, _("reopened"), _("It was closed once and came back."),
        Exists(CaseMove.objects.filter(**_OUTER, from_state=CaseState.CLOSED)), example="case.reopened",
    ),
    stored(
        _C, "wasHeld", Kind.BOOLEAN, _("was held"), _("It was given to a senior reviewer at least once."),
        Exists(CaseMove.objects.filter(**_OUTER, to_state=CaseState.HELD)), example="case.wasHeld",
    ),
    stored(
        _C, "claimed", Kind.BOOLEAN, _("with somebody"), _("A person has it now."),
        Exists(Claim.objects.filter(**_OUTER, ended_at__isnull=True)), example="!case.claimed",
    ),
    stored(
        _C, "claims", Kind.WHOLE, _("times taken"), _("How often somebody took it up."),
        count(Claim.objects.filter(**_OUTER), by="case"), example="case.claims > 3",
    ),
    stored(
        _C, "resting", Kind.BOOLEAN, _("put aside"), _("It rests until a day or until something happens."),
        Exists(Snooze.objects.filter(**_OUTER, woken_at=None)), example="case.resting",
    ),
    stored(
        _C, "asked", Kind.BOOLEAN, _("waits for an answer"), _("A question out of it is open."),
        Exists(Question.objects.filter(**_OUTER, answered_at=None, withdrawn_at=None)), example="case.asked",
    ),
    stored(
        _C, "notes", Kind.WHOLE, _("notes"), _("How many were written in it."),
        count(Note.objects.filter(**_OUTER), by="case"), example="case.notes > 0",
    ),
)  # fmt: skip

CASES = Searched(
    kind=SearchKind.CASES,
    about=About.FOUND_CASES,
    facts=(*_FACTS, *facts_of_merchant("merchant__")),
    hidden=windows_of_merchant("merchant__"),
    moments={
        Moment.OPENED: Timed(_("When they were opened"), F("opened_at")),
        Moment.CLOSED: Timed(_("When they were closed"), F("closed_at")),
        Moment.DUE: Timed(_("When they were to be decided"), F("due_at")),
    },
    columns={
        "state": "state", "queue": "queue__key", "policy": "policy_id", "markets": "markets", "origin": "origin",
        "outcome": "outcome", "severity": "severity",
    },
    facets=(
        Facet("state", _("State"), "state", names=labels(CaseState)),
        Facet("queue", _("Queue"), "queue", names=_queues),
        Facet("policy", _("Policy"), "policy::text", source="found WHERE policy IS NOT NULL", names=policies),
        Facet(
            "market", _("Market"), "market",
            source="found, unnest(markets) AS market", territorial=True, names=countries,
        ),
        Facet("origin", _("Where it came from"), "origin", names=labels(CaseOrigin)),
        Facet("outcome", _("Outcome"), "outcome", source="found WHERE outcome <> ''", names=labels(CaseOutcome)),
        Facet("severity", _("Severity"), "severity", names=labels(Severity)),
    ),
)  # fmt: skip
