"""What an investigation ends in: cases for moderators, a policy proposed, or nothing further."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from governance.accounts.models import User
from governance.policies.domain import rules
from governance.policies.enums import Severity
from governance.policies.models import Policy
from governance.web.refusals import Refusal
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
