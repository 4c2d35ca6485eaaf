"""Pages of a grid: which cases come onto one, what its tiles show, and what became of each."""

from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Count, Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from governance.accounts.permissions import Anyone
from governance.policies.enums import Measure
from governance.web import formats
from investigations.enums import ClaimEnd, TileAnswer, TileFate
from investigations.models import Case, CaseDecision, CaseItem, Claim, GridPage, Queue
from investigations.queries import exhibits, lines, panel, wellbeing, work
from investigations.queries.work import Standing


@dataclass
class Tile:
    """One case of a page. `whole` says why it has to be opened in full; `answer` and `reason` are what was entered before."""

    claim: Claim
    title: str
    waiting: int
    exhibit: exhibits.Exhibit | None = None
    measures: list[Measure] = field(default_factory=list)
    whole: str = ""
    answer: str = TileAnswer.APPROVE
    reason: str = ""

    @property
    def case(self) -> Case:
        return self.claim.case


@dataclass(frozen=True)
class Outcome:
    """What became of one case of a page, in words."""

    case: Case
    title: str
    name: str
    fate: TileFate
    text: str = ""


def waiting(user: Anyone, *, queue: Queue | None, at: datetime, known: Standing | None = None) -> QuerySet[Case]:
    """What may come onto a page: what may come next, but for what this person has left out of a page before."""
    left = Claim.objects.filter(case=OuterRef("pk"), person=user.pk, page__isnull=False, ended_as=ClaimEnd.LEFT)
    return work.next_cases(user, at=at, queue=queue, known=known).filter(~Exists(left))


def bearable(rows: QuerySet[Case], user: Anyone, *, most: int, known: Standing) -> list[Case]:
    """The first so many of what waits, as they would be given one by one: where the day holds no more of what is hard to look at,
    others in its place. What is kept for the person comes all the same. At most two queries more."""
    first, room = list(rows[:most]), known.hard_room
    if room is None or room >= len(first):
        return first
    hard, found = wellbeing.hard_policies(), []
    for case in first:
        if case.policy_id in hard:
            if room <= 0 and case.kept_for_id != user.pk:
                continue
            room -= 1
        found.append(case)
    if (short := len(first) - len(found)) > 0:
        others = rows.filter(~wellbeing.is_hard()).exclude(pk__in=[case.pk for case in first])
        found += others[:short]
    return found


def of_person(user: Anyone) -> QuerySet[GridPage]:
    return GridPage.objects.filter(person=user.pk).select_related("queue")


def tiles(page: GridPage, *, language: str) -> list[Tile]:
    """Those that are still before the person, the most urgent first; a fixed number of queries."""
    claims = list(
        Claim.objects.filter(page=page, ended_at__isnull=True)
        .select_related("case__merchant", "case__policy", "case__queue")
        .order_by("-case__priority", "case")
    )
    cases = [claim.case_id for claim in claims]
    items, counts = _items(cases)
    shown = {each.item.case_id: each for each in exhibits.of(list(items.values()), language=language)}
    policies = {claim.case.policy_id for claim in claims if claim.case.policy_id}
    titles = lines.policy_titles(policies, language=language)
    found = []
    for claim in claims:
        case, item = claim.case, items.get(claim.case_id)
        title = titles.get(case.policy_id or 0) or lines.cause_title(case.cause_key)
        tile = Tile(claim, title, counts.get(case.pk, 0), shown.get(case.pk))
        tile.whole = whole(case, item, tile.waiting)
        tile.measures = [] if tile.whole or item is None else offered(case, item)
        entered = page.answers.get(str(case.pk), {})
        tile.answer = entered.get("answer", TileAnswer.APPROVE)
        tile.reason = entered.get("reason") or title
        found.append(tile)
    return found


def whole(case: Case, item: CaseItem | None, waiting: int) -> str:
    """Why a case is not decided as a tile; empty where it is."""
    if item is None:
        return _("Corrected meanwhile: it closes by itself")
    if waiting > 1:
        text = ngettext("%(count)s listing: read them all", "%(count)s listings: read them all", waiting)
        return text % {"count": formats.number(waiting)}
    if item.listing is None:
        return _("About the merchant, not about a listing")
    if item.violation is None or case.is_reported:
        return _("Reported from outside: whoever reported it reads your answer")
    if item.violation.policy_id != case.policy_id:
        return _("Found under another policy than the case: read it in full")
    return ""


def offered(case: Case, item: CaseItem) -> list[Measure]:
    """The measures with which a tile can be marked: permitted by the policy, not hidden by the queue, about the listing alone."""
    if item.violation is None:
        return []
    hidden, version = case.queue.hidden_measures, item.violation.version
    needs = {Measure.AGE_GATE: version.minimum_age, Measure.LABEL: version.label}
    return [each for each in ON_TILES if each not in hidden and panel.permits(version, each) and needs.get(each, True)]


ON_TILES = (
    Measure.REMOVE,
    Measure.REQUEST_CORRECTION,
    Measure.WARN,
    Measure.RESTRICT_MARKETS,
    Measure.AGE_GATE,
    Measure.DEMOTE,
    Measure.LABEL,
    Measure.BLOCK_RELISTING,
)
"""In the order of their number keys. What binds a merchant is decided in the case."""


def only_item(case: Case) -> tuple[CaseItem | None, int]:
    """The listing of a case that waits alone, and how many wait."""
    rows = list(work.unsettled(case).select_related("listing", "violation__version__policy")[:2])
    return (rows[0] if rows else None), len(rows)


def outcomes(page: GridPage, *, language: str) -> list[Outcome]:
    """What became of each case, in their order; a fixed number of queries."""
    rows = Claim.objects.filter(page=page).select_related("case__merchant", "case__policy").order_by("pk")
    last = {claim.case_id: claim for claim in rows}
    rulings = {
        ruling.claim_id: ruling
        for ruling in CaseDecision.objects.filter(claim__in=last.values(), undone_at__isnull=True)
        .select_related("decision")
        .order_by("pk")
    }
    titles = lines.policy_titles({each.case.policy_id or 0 for each in last.values()}, language=language)
    names = _names(list(last))
    return [
        Outcome(
            case=claim.case,
            title=titles.get(claim.case.policy_id or 0) or lines.cause_title(claim.case.cause_key),
            name=names.get(claim.case_id, claim.case.merchant.name),
            fate=_fate(claim, rulings.get(claim.pk)),
            text=_said(claim, rulings.get(claim.pk)),
        )
        for claim in sorted(last.values(), key=lambda each: each.case_id)
    ]


def undoable(page: GridPage) -> QuerySet[CaseDecision]:
    """What was decided on the page and stands, the last first."""
    rows = CaseDecision.objects.filter(claim__page=page, undone_at__isnull=True)
    return rows.select_related("case").order_by("-pk")


def _items(cases: list[int]) -> tuple[dict[int, CaseItem], dict[int, int]]:
    """By case, the first item that waits, and how many do."""
    waits = CaseItem.objects.filter(case__in=cases, settled_at__isnull=True)
    first = waits.select_related("listing__category", "listing__merchant", "violation__version__policy", "settled_by")
    items = {item.case_id: item for item in first.order_by("case", "id").distinct("case")}
    counts = dict(waits.order_by().values_list("case").annotate(count=Count("id")))
    return items, counts


def _names(cases: list[int]) -> dict[int, str]:
    rows = CaseItem.objects.filter(case__in=cases, listing__isnull=False).order_by("case", "id").distinct("case")
    return dict(rows.values_list("case", "listing__title"))


def _fate(claim: Claim, ruling: CaseDecision | None) -> TileFate:
    if claim.ended_at is None:
        return TileFate.OPEN
    if ruling is not None:
        return TileFate.DECIDED if ruling.decision_id else TileFate.APPROVED
    ends = {ClaimEnd.HELD: TileFate.SENIOR, ClaimEnd.LEFT: TileFate.LEFT, ClaimEnd.RELEASED: TileFate.LEFT}
    return ends.get(ClaimEnd(claim.ended_as), TileFate.GONE)


def _said(claim: Claim, ruling: CaseDecision | None) -> str:
    """What more is to be known: the measure and where it stands, why it was left, how the claim ended."""
    if ruling is not None and ruling.decision is not None:
        decision = ruling.decision
        return f"{decision.get_measure_display()}: {formats.within(str(decision.get_state_display()))}"
    if claim.ended_at is None or ruling is not None:
        return ""
    return claim.reason or str(claim.get_ended_as_display())
