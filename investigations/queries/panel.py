"""What stands beside the evidence: the policy in the reader's language, what it permits, and how like cases ended."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count

from enforcement.enums import OPEN_APPEALS, WON_APPEALS
from enforcement.measures import MEASURES
from enforcement.models import Appeal
from governance.policies.enums import Measure
from governance.policies.models import PolicyText, PolicyVersion
from governance.policies.text import guidance
from investigations.enums import Verdict
from investigations.models import Case, CaseItem
from investigations.queries import work

LIKE_OVER = timedelta(days=90)


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
    """`version` is the one under which the case would be decided; None where a case has no policy."""

    version: PolicyVersion | None
    text: PolicyText | None
    guidance: list[guidance.Block]
    markets: list[str]
    decidable: list[str]
    like: Like

    @property
    def permitted(self) -> list[Measure]:
        """The measures that the policy permits and that act on what the case is about."""
        if self.version is None:
            return []
        subject = self.version.policy.subject
        return [each for each in Measure if each in self.version.measures and subject in MEASURES[each].subjects]

    @property
    def suggested(self) -> Measure | None:
        if self.version is None:
            return None
        default = Measure(self.version.default_measure)
        return default if default in self.permitted else next(iter(self.permitted), None)


def of(case: Case, *, language: str, at: datetime) -> Panel:
    version = version_of(case)
    text = text_of(version, language) if version else None
    offered = _offered(case)
    applies = set(version.jurisdictions) if version else set()
    return Panel(
        version=version,
        text=text,
        guidance=guidance.blocks(text.guidance) if text else [],
        markets=sorted(offered, key=lambda code: (code not in applies, code)),
        decidable=sorted(offered & applies),
        like=_like(case, at=at),
    )


def version_of(case: Case) -> PolicyVersion | None:
    """The newest version under which something in the case was found; of what still waits, if anything does.

    Where nothing was found but reported, that of the policy which a person chose.
    """
    versions = PolicyVersion.objects.select_related("policy").order_by("-number")
    waiting = work.unsettled(case).order_by().values("violation__version")
    everything = CaseItem.objects.filter(case=case).order_by().values("violation__version")
    found = versions.filter(pk__in=waiting).first() or versions.filter(pk__in=everything).first()
    return found or (versions.filter(pk=case.policy.live_id).first() if case.policy and case.policy.live_id else None)


def text_of(version: PolicyVersion, language: str) -> PolicyText | None:
    """The version's words in a language, else in English."""
    texts = {text.language: text for text in PolicyText.objects.filter(version=version, language__in=[language, "en"])}
    return texts.get(language) or texts.get("en")


def _offered(case: Case) -> set[str]:
    """The markets in which the listings of the case that wait are offered."""
    rows: Iterable[list[str] | None] = work.unsettled(case).order_by().values_list("listing__markets", flat=True)
    return {market for markets in rows for market in markets or ()}


def _like(case: Case, *, at: datetime) -> Like:
    judged = CaseItem.objects.filter(case__policy=case.policy_id, settled_at__gte=at - LIKE_OVER).exclude(verdict="")
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
