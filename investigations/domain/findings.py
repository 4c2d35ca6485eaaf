"""What an investigation ends in: cases for moderators, a policy proposed, or nothing further."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from governance.accounts.models import User
from governance.policies.domain import policies, rules, versions
from governance.policies.domain.versions import Terms, Words
from governance.policies.enums import Ground, Measure, Severity, Subject
from governance.policies.models import Policy
from governance.web.refusals import MoveRefused, Refusal
from investigations.domain import investigations, staff_cases
from investigations.enums import CollectedKind, FindingKind
from investigations.models import Finding, Investigation
from listings.models import Listing


@transaction.atomic
def open_cases(
    *,
    investigation: Investigation,
    listings: Collection[int],
    policy: Policy,
    severity: Severity,
    text: str,
    actor: User,
    at: datetime,
) -> Finding:
    """Put collected listings, by key, before moderators: one case for each merchant, with this text as its first note."""
    investigation = investigations.lock_open(investigation, actor)
    text = _said(text)
    collected = investigation.collected.filter(kind=CollectedKind.LISTING, removed_at__isnull=True)
    chosen = Listing.objects.filter(pk__in=collected.filter(listing__in=listings).values("listing"))
    cases = staff_cases.open_for(
        listings=list(chosen.select_related("merchant").order_by("pk")),
        cause=f"investigation:{investigation.pk}",
        policy=policy,
        severity=severity,
        note=f"{investigation}: {text}",
        actor=actor,
        at=at,
    )
    finding = _written(investigation, FindingKind.CASES, text, actor, at, policy=policy)
    finding.cases.set(cases)
    data = {"finding": finding.pk, "cases": [str(case) for case in cases], "policy": policy.number}
    investigations.record("investigation.cases_opened", investigation, actor=actor, at=at, data=data)
    investigations.collect(
        investigation=investigation, cases=cases, actor=actor, at=at, reason=_("Opened out of this investigation")
    )
    return finding


@transaction.atomic
def propose_policy(*, investigation: Investigation, text: str, rule: str, actor: User, at: datetime) -> Finding:
    """What a policy is to forbid, in words and, where there is one, as an expression that compiles."""
    investigation = investigations.lock_open(investigation, actor)
    text, rule = _said(text), rule.strip()
    if rule and (problems := rules.problems(rule)):
        first = problems[0]
        raise Refusal(
            _("The expression has an error at %(line)s:%(column)s: %(message)s")
            % {"line": first.line, "column": first.column, "message": first.message},
            errors={"rule": first.message},
        )
    finding = _written(investigation, FindingKind.POLICY, text, actor, at, rule=rule)
    data = {"finding": finding.pk, "rule": rule}
    investigations.record("investigation.policy_proposed", investigation, actor=actor, at=at, data=data)
    return finding


@transaction.atomic
def begin_policy(*, finding: Finding, slug: str, family: str, language: str, actor: User, at: datetime) -> Policy:
    """Make a policy with a draft that has the words and the expression of the proposal; its author goes on from there.

    It would hold in the markets of what was collected. Severity, ground and measures are put in for the author to change: a draft
    does nothing.
    """
    investigation = investigations.lock_open(finding.investigation, actor)
    finding = Finding.objects.select_for_update().get(pk=finding.pk)
    if finding.kind != FindingKind.POLICY or finding.policy_id is not None:
        raise MoveRefused(_("This proposal has its policy already, or is none."))
    policy = policies.create(slug=slug, family=family, subject=Subject.LISTINGS, actor=actor, at=at)
    offered = Listing.objects.filter(pk__in=investigation.collected.filter(removed_at=None).values("listing"))
    markets = {code for codes in offered.values_list("markets", flat=True) for code in codes}
    terms = Terms(
        severity=Severity.SERIOUS,
        ground=Ground.TERMS,
        legal_basis="",
        jurisdictions=sorted(markets),
        rule=finding.rule,
        measures=[Measure.REQUEST_CORRECTION],
        default_measure=Measure.REQUEST_CORRECTION,
        evidence=str(investigation),
        texts={language: Words(title=investigation.title, summary=finding.text, statement="")},
    )
    versions.draft(policy=policy, terms=terms, actor=actor, at=at)
    finding.policy = policy
    finding.save(update_fields=["policy"])
    data = {"finding": finding.pk, "policy": policy.number}
    investigations.record("investigation.policy_begun", investigation, actor=actor, at=at, data=data)
    return policy


@transaction.atomic
def find_nothing(*, investigation: Investigation, text: str, actor: User, at: datetime) -> Finding:
    """Nothing further is to be done, and why."""
    investigation = investigations.lock_open(investigation, actor)
    finding = _written(investigation, FindingKind.NOTHING, _said(text), actor, at)
    investigations.record(
        "investigation.nothing_found", investigation, actor=actor, at=at, data={"finding": finding.pk}
    )
    return finding


def _said(text: str) -> str:
    if not text.strip():
        raise Refusal(_("Write what was found: whoever goes on reads it first."), errors={"text": _("Not empty.")})
    return text.strip()


def _written(
    investigation: Investigation, kind: FindingKind, text: str, actor: User, at: datetime, **fields: object
) -> Finding:
    return Finding.objects.create(
        investigation=investigation, kind=kind, text=text, written_by=actor, written_at=at, **fields
    )
