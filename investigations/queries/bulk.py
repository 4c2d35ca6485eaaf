"""Acting on many cases at once: what would be left out and why, the preview, and how far a run has come."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.contrib.postgres.aggregates import StringAgg
from django.db import connection
from django.db.models import Case as Choose
from django.db.models import CharField, Count, Exists, F, Func, OuterRef, Q, QuerySet, TextField, Value, When
from django.db.models.functions import MD5, Cast

from enforcement.measures import MEASURES
from enforcement.models import Decision
from governance.accounts.models import User
from governance.accounts.permissions import Anyone
from governance.audit.models import Entry
from governance.policies.enums import Measure, Subject
from governance.policies.models import PolicyVersion
from investigations import permissions
from investigations.enums import (
    BUSY_BULKS,
    JUDGING,
    BulkLeft,
    BulkPartState,
    BulkVerb,
    CaseOrigin,
    CaseState,
    ClaimEnd,
)
from investigations.models import BulkPart, BulkRun, Case, CaseDecision, CaseItem, Claim, Question, Snooze, Watch

NAMED = 5
"""Policies, markets, merchants and queues that a preview names, the most first."""
BRAKE = """
    WITH merchants AS (
        SELECT market, count(DISTINCT merchant_id) AS n
        FROM listings_listing, unnest(markets) AS market WHERE state = 'on_sale' GROUP BY market
    ), hit AS (
        SELECT v.version_id, market, count(DISTINCT v.merchant_id) AS n
        FROM enforcement_violation v JOIN investigations_caseitem item ON item.violation_id = v.id AND item.settled_at IS NULL,
            unnest(v.markets) AS market
        WHERE item.case_id IN ({cases}) GROUP BY v.version_id, market
    )
    SELECT DISTINCT version.policy_id FROM hit
    JOIN merchants USING (market) JOIN policies_policyversion version ON version.id = hit.version_id
    WHERE version.brake_share < 1 AND hit.n > version.brake_share * merchants.n ORDER BY 1
"""


def verbs_of(user: Anyone) -> list[BulkVerb]:
    """What a person may do to many cases: to take work from colleagues is for team leads, as it is one by one."""
    if not permissions.can_act_in_bulk(user):
        return []
    return [each for each in BulkVerb if each != BulkVerb.FREE or permissions.can_lead(user)]


# --- what is left out, and why -------------------------------------------------------------------


def sift(rows: QuerySet[Case], run: BulkRun, actor: User) -> QuerySet[Any]:
    """These cases with `why` nothing would be done to each; empty where something would."""
    whens = [When(condition, then=Value(because.value)) for because, condition in _causes(run, actor)]
    found = Case.objects.filter(pk__in=rows.order_by().values("pk"))
    return found.annotate(why=Choose(*whens, default=Value(""), output_field=CharField())).order_by("pk")


def why_left(case: Case, run: BulkRun, actor: User) -> BulkLeft | None:
    """The same of one case as it stands now."""
    found = sift(Case.objects.filter(pk=case.pk), run, actor).values_list("why", flat=True).first()
    return BulkLeft(found) if found else None


def _causes(run: BulkRun, actor: User) -> list[tuple[BulkLeft, Any]]:
    """In the order in which they are asked."""
    verb = BulkVerb(run.verb)
    closed, read = Q(state=CaseState.CLOSED), Q(state=CaseState.IN_REVIEW)
    of_case = {"case": OuterRef("pk")}
    found: list[tuple[BulkLeft, Any]] = [(BulkLeft.TEST, Q(golden__isnull=False))]
    if verb == BulkVerb.WATCH:
        return [*found, (BulkLeft.ALREADY, Exists(Watch.objects.filter(**of_case, person=actor.pk)))]
    if verb == BulkVerb.NOTE:
        return found
    found.append((BulkLeft.STATE, closed))
    if verb == BulkVerb.FREE:
        return [*found, (BulkLeft.NOBODY, ~read)]
    found.append((BulkLeft.CLAIMED, read))
    if verb == BulkVerb.MOVE:
        return [*found, (BulkLeft.ALREADY, Q(queue__key=run.params.get("queue", "")))]
    if verb == BulkVerb.ASIDE:
        return [*found, (BulkLeft.ALREADY, Exists(Snooze.objects.filter(**of_case, woken_at=None)))]
    return found + _causes_of_judging(run, actor)


def _causes_of_judging(run: BulkRun, actor: User) -> list[tuple[BulkLeft, Any]]:
    of_case = {"case": OuterRef("pk")}
    items = CaseItem.objects.filter(**of_case, settled_at__isnull=True)
    held = Exists(Claim.objects.filter(**of_case, person=actor.pk, ended_as=ClaimEnd.HELD))
    decided = Exists(CaseDecision.objects.filter(**of_case, person=actor.pk, undone_at__isnull=True))
    asked = Question.objects.filter(**of_case, answered_at=None, withdrawn_at=None)
    found: list[tuple[BulkLeft, Any]] = [
        (BulkLeft.STATE, ~Exists(items)),
        (BulkLeft.OWN, Q(state=CaseState.HELD) & (held | decided)),
        (BulkLeft.ASKED, Exists(asked)),
        (
            BulkLeft.REPORTED,
            Q(origin=CaseOrigin.NOTICE)
            | Q(priority_parts__has_key="reported")
            | Exists(items.filter(violation__isnull=True)),
        ),
    ]
    if run.verb == BulkVerb.DECIDE:
        measure = run.params.get("measure", "")
        permitted = Q(violation__version__measures__contains=[measure])
        about = Q(violation__version__policy__subject=Subject.LISTINGS)
        found += [
            (BulkLeft.POLICY, Exists(items.exclude(permitted & about))),
            (BulkLeft.HIDDEN, Q(queue__hidden_measures__contains=[measure])),
        ]
    return found


# --- the preview ---------------------------------------------------------------------------------


def preview(rows: QuerySet[Case], run: BulkRun, actor: User) -> dict[str, Any]:
    """What would happen, in counts; each query is over all the cases at once."""
    sifted = sift(rows, run, actor)
    left = dict(sifted.order_by().values_list("why").annotate(n=Count("pk")))
    acts = left.pop("", 0)
    chosen = Case.objects.filter(pk__in=sifted.filter(why="").values("pk"))
    items = CaseItem.objects.filter(case__in=chosen.values("pk"), settled_at__isnull=True)
    markets = chosen.annotate(market=Func(F("markets"), function="unnest", output_field=CharField()))
    braked = over_the_brake(chosen) if run.verb == BulkVerb.DECIDE and acts else []
    listings = items.order_by().values("listing").distinct().count()
    return {
        "found": acts + sum(left.values()),
        "acts": acts,
        "left": left,
        "listings": listings,
        "merchants": chosen.order_by().values("merchant").distinct().count(),
        "by_policy": _most(chosen, "policy"),
        "by_queue": _most(chosen, "queue__key"),
        "by_merchant": _most(chosen, "merchant__name"),
        "by_market": _most(markets, "market"),
        "braked": braked,
        "second": _for_two(run, acts, listings, braked),
        "mark": _mark(items if run.verb in JUDGING else chosen),
    }


def same(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether two previews are of the same act: on the same cases, where it judges about the same items, with as many people."""
    return all(one.get(name) == other.get(name) for name in ("found", "acts", "second", "mark"))


def _mark(rows: QuerySet[Any]) -> str | None:
    """By which other rows are told apart from these, be they as many."""
    keys = StringAgg(Cast("pk", TextField()), delimiter=",", order_by="pk")
    found: str | None = rows.order_by().aggregate(mark=MD5(keys))["mark"]
    return found


def over_the_brake(chosen: QuerySet[Case]) -> list[int]:
    """Policies of which so many merchants of a market would be decided upon at once that a sweep would have been held."""
    versions = PolicyVersion.objects.filter(brake_share__lt=1, violations__case_items__case__in=chosen.values("pk"))
    if not versions.exists():
        return []
    sql, params = chosen.order_by().values("pk").query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(BRAKE.format(cases=sql), params)
        return [row[0] for row in cursor.fetchall()]


def _for_two(run: BulkRun, acts: int, listings: int, braked: list[int]) -> bool:
    """Whether so much is judged at once that two people should want it: as for a decision about as many listings."""
    if run.verb not in JUDGING or not acts:
        return False
    if run.verb == BulkVerb.DECIDE:
        kind = MEASURES[Measure(run.params["measure"])]
        if not kind.territorial and not kind.needs_second_person:
            return bool(braked)
    return bool(braked) or max(acts, listings) >= settings.SECOND_PERSON_LISTINGS


def _most(rows: QuerySet[Case], by: str) -> list[list[Any]]:
    counted = rows.order_by().values_list(by).annotate(n=Count("pk")).order_by("-n", by)
    return [[value, n] for value, n in counted[:NAMED]]


def sample(rows: QuerySet[Case], run: BulkRun, actor: User, limit: int) -> list[Case]:
    """The most urgent of those to which something would be done."""
    acts = sift(rows, run, actor).filter(why="").values("pk")
    found = Case.objects.filter(pk__in=acts).select_related("merchant", "policy", "queue")
    return list(found.order_by("-priority", "pk")[:limit])


def frozen(run: BulkRun) -> QuerySet[Case]:
    """All that was found when it began."""
    return Case.objects.filter(pk__in=run.parts.values("case"))


def frozen_sample(run: BulkRun, limit: int) -> list[Case]:
    waiting = run.parts.filter(state=BulkPartState.WAITING).values("case")
    found = Case.objects.filter(pk__in=waiting).select_related("merchant", "policy", "queue")
    return list(found.order_by("-priority", "pk")[:limit])


# --- runs ----------------------------------------------------------------------------------------


def runs(user: Anyone) -> QuerySet[BulkRun]:
    """One's own; all of them for those whose grants are not limited to some markets."""
    rows = BulkRun.objects.select_related("prepared_by", "undone_by", "reversal")
    if not permissions.can_see_bulk(user):
        return rows.none()
    return rows if permissions.markets(user) is None else rows.filter(prepared_by=user.pk)


def busy() -> list[int]:
    return list(BulkRun.objects.filter(state__in=BUSY_BULKS).order_by("pk").values_list("pk", flat=True))


def decisions(run: BulkRun) -> QuerySet[Decision]:
    """What was decided in the run."""
    rulings = CaseDecision.objects.filter(claim__run=run, undone_at__isnull=True)
    return Decision.objects.filter(Q(case_decision__in=rulings) | Q(decided_beside__in=rulings)).distinct()


@dataclass(frozen=True)
class Progress:
    """How far a run has come. `waiting` of one that is over was cancelled before its turn."""

    total: int
    waiting: int
    done: int
    undone: int
    kept: int
    left: Mapping[BulkLeft, int] = field(default_factory=dict)

    @property
    def left_out(self) -> int:
        return sum(self.left.values())

    @property
    def to_do(self) -> int:
        return self.total - self.left_out_before

    @property
    def left_out_before(self) -> int:
        """Known before it began; what was refused or broke had its turn."""
        turned = {BulkLeft.REFUSED, BulkLeft.FAILED}
        return sum(n for because, n in self.left.items() if because not in turned)

    @property
    def ended(self) -> int:
        return self.to_do - self.waiting

    @property
    def taken_back(self) -> int:
        return self.undone + self.kept

    @property
    def stood(self) -> int:
        """What there was to take back."""
        return self.done + self.taken_back


def progress(run: BulkRun) -> Progress:
    """One query."""
    counted = run.parts.order_by().values_list("state", "left_because").annotate(n=Count("pk"))
    rows = [(state, because, n) for state, because, n in counted]
    of = {each: sum(n for state, _because, n in rows if state == each) for each in BulkPartState}
    return Progress(
        total=sum(of.values()),
        waiting=of[BulkPartState.WAITING],
        done=of[BulkPartState.DONE],
        undone=of[BulkPartState.UNDONE],
        kept=of[BulkPartState.KEPT],
        left={BulkLeft(because): n for state, because, n in rows if state == BulkPartState.LEFT},
    )


def to_look_at(run: BulkRun, limit: int) -> list[BulkPart]:
    """What was refused, broke, or could not be undone."""
    odd = Q(state=BulkPartState.KEPT) | Q(left_because__in=(BulkLeft.REFUSED, BulkLeft.FAILED))
    return list(run.parts.filter(odd).select_related("case__merchant").order_by("pk")[:limit])


def parts(run: BulkRun) -> Iterable[BulkPart]:
    """All of them, in their order, read by and by."""
    rows = BulkPart.objects.filter(run=run).select_related("case__merchant")
    return rows.order_by("pk").iterator(chunk_size=2_000)


def log(run: BulkRun) -> list[Entry]:
    rows = Entry.objects.filter(subject_kind="bulk_run", subject_id=run.pk).select_related("actor")
    return list(rows.order_by("-at", "-pk")[:50])
