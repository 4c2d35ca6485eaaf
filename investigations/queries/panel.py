"""What stands beside the evidence: the policy in the reader's language, what it permits, and how like cases ended."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import Count

from enforcement.enums import OPEN_APPEALS, WON_APPEALS
from enforcement.measures import MEASURES
from enforcement.models import Appeal
from governance.policies.enums import Measure
from governance.policies.models import PolicyText, PolicyVersion
from governance.policies.text import guidance
from investigations.enums import ORDER_MEASURES, CaseOrigin, Verdict
from investigations.models import Case, CaseItem, Precedent
from investigations.queries import lines, orders, work

LIKE_OVER = timedelta(days=90)
PRECEDENTS_SHOWN = 10


@dataclass(frozen=True)
class Like:
    """How items under the same policy were judged lately, and what appeals made of it."""

    total: int
    violated: int
    fine: int
    unsure: int
    appeals: int
    appeals_won: int


@dataclass(frozen=True)
class Panel:
    """`version` is the one under which the case would be decided; None where a case has no policy. `others` are those of the
    other policies in it, with their titles, where another case was merged into it."""

    version: PolicyVersion | None
    text: PolicyText | None
    guidance: list[guidance.Block]
    markets: list[str]
    decidable: list[str]
    like: Like
    precedents: list[Precedent]
    hidden: frozenset[str] = frozenset()
    others: list[tuple[PolicyVersion, str]] = field(default_factory=list)

    @property
    def permitted(self) -> list[Measure]:
        """The measures that a policy of it permits, that act on what the case is about, and that its queue does not hide."""
        return [each for each in self._allowed if each not in self.hidden]

    @property
    def withheld(self) -> list[Measure]:
        """What a policy permits and the queue hides."""
        return [each for each in self._allowed if each in self.hidden]

    @property
    def _allowed(self) -> list[Measure]:
        versions = [self.version, *(version for version, _title in self.others)]
        return [each for each in Measure if any(version and permits(version, each) for version in versions)]

    @property
    def suggested(self) -> Measure | None:
        if self.version is None:
            return None
        default = Measure(self.version.default_measure)
        return default if default in self.permitted else next(iter(self.permitted), None)


def permits(version: PolicyVersion, measure: Measure) -> bool:
    """Whether the policy permits the measure, and that acts on what the policy is about."""
    return measure in version.measures and version.policy.subject in MEASURES[measure].subjects


def of(case: Case, *, language: str, at: datetime) -> Panel:
    versions = versions_of(case)
    version, others = next(iter(versions), None), versions[1:]
    text = text_of(version, language) if version else None
    offered = _offered(case)
    applies = {market for each in versions for market in each.jurisdictions}
    titles = lines.policy_titles([each.policy_id for each in others], language=language) if others else {}
    return Panel(
        version=version,
        text=text,
        guidance=guidance.blocks(text.guidance) if text else [],
        markets=sorted(offered, key=lambda code: (code not in applies, code)),
        decidable=sorted(offered & applies),
        like=_like(case, at=at),
        precedents=precedents_of(case.policy_id),
        hidden=frozenset(case.queue.hidden_measures) | _beyond(case),
        others=[(each, titles.get(each.policy_id, each.policy.slug)) for each in others],
    )


def _beyond(case: Case) -> frozenset[str]:
    """Measures that could reach beyond an order."""
    return frozenset(set(Measure) - set(ORDER_MEASURES)) if case.origin == CaseOrigin.ORDER else frozenset()


def precedents_of(policy_id: int | None) -> list[Precedent]:
    """How doubtful cases under a policy were settled, the newest first."""
    rows = Precedent.objects.filter(policy=policy_id, retired_at__isnull=True).select_related("written_by")
    return list(rows.order_by("-written_at", "-pk")[:PRECEDENTS_SHOWN])


def versions_of(case: Case) -> list[PolicyVersion]:
    """By policy, the newest version under which something in the case was found; of what still waits, if anything does.
    The case's own policy comes first. Where nothing was found but reported, that of the policy which a person chose."""
    versions = PolicyVersion.objects.select_related("policy").order_by("policy", "-number").distinct("policy")
    waiting = work.unsettled(case).order_by().values("violation__version")
    everything = CaseItem.objects.filter(case=case).order_by().values("violation__version")
    found = list(versions.filter(pk__in=waiting)) or list(versions.filter(pk__in=everything))
    if not found and case.policy and case.policy.live_id:
        return list(versions.filter(pk=case.policy.live_id))
    return sorted(found, key=lambda version: version.policy_id != case.policy_id)


def text_of(version: PolicyVersion, language: str) -> PolicyText | None:
    """The version's words in a language, else in English."""
    texts = {text.language: text for text in PolicyText.objects.filter(version=version, language__in=[language, "en"])}
    return texts.get(language) or texts.get("en")


def _offered(case: Case) -> set[str]:
    """The markets in which the listings of the case that wait are offered; upon an order, those of them in which it holds."""
    rows: Iterable[list[str] | None] = work.unsettled(case).order_by().values_list("listing__markets", flat=True)
    offered = {market for markets in rows for market in markets or ()}
    if case.origin != CaseOrigin.ORDER:
        return offered
    return offered & {market for order in orders.of_case(case) for market in order.markets}


def _like(case: Case, *, at: datetime) -> Like:
    judged = CaseItem.objects.filter(case__policy=case.policy_id, settled_at__gte=at - LIKE_OVER, answer="").exclude(
        verdict=""
    )
    counts = dict(judged.order_by().values_list("verdict").annotate(count=Count("id")))
    appeals = Appeal.objects.filter(decision__version__policy=case.policy_id, filed_at__gte=at - LIKE_OVER)
    heard = dict(appeals.exclude(state__in=OPEN_APPEALS).order_by().values_list("state").annotate(count=Count("id")))
    return Like(
        total=sum(counts.values()),
        violated=counts.get(Verdict.VIOLATES, 0),
        fine=counts.get(Verdict.FINE, 0),
        unsure=counts.get(Verdict.UNSURE, 0),
        appeals=sum(heard.values()),
        appeals_won=sum(heard.get(state, 0) for state in WON_APPEALS),
    )
