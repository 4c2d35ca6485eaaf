"""A policy version's life: drafted, submitted, approved by another person, in force, replaced."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from governance.accounts.models import User
from governance.audit.domain import entries
from governance.policies.domain import matters, rules
from governance.policies.enums import (
    VERSION_MOVES,
    ApprovalOutcome,
    Ground,
    Measure,
    Mode,
    Severity,
    Subject,
    VersionState,
)
from governance.policies.models import Approval, Policy, PolicyText, PolicyVersion, PolicyVersionMove
from governance.web.refusals import MoveRefused, Refusal

SOURCE_LANGUAGE = "en"


class Incomplete(Refusal):
    """The draft lacks something that a submitted version must have. `problems` maps a field to what is missing."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        super().__init__(" ".join(problems.values()))
        self.problems = dict(problems)


class FourEyes(Refusal):
    """Author and approver are the same person."""


@dataclass(frozen=True)
class Words:
    """A version's words in one language."""

    title: str
    summary: str
    statement: str
    guidance: str = ""
    correction: str = ""


@dataclass(frozen=True)
class Terms:
    """What a version says, apart from its words. `categories` empty means all; `brake_share` 1 means no brake."""

    severity: Severity
    ground: Ground
    legal_basis: str
    jurisdictions: Sequence[str]
    rule: str
    measures: Sequence[Measure]
    default_measure: Measure
    categories: Sequence[str] = ()
    source_url: str = ""
    evidence: str = ""
    confirm_with_counsel: bool = False
    minimum_age: int | None = None
    label: str = ""
    listings_a_day: int | None = None
    transparency_category: str = ""
    transparency_keywords: Sequence[str] = ()
    transparency_other: str = ""
    points: int = 0
    cure_days: int = 0
    brake_share: Decimal = Decimal(1)
    effective_from: date | None = None
    effective_until: date | None = None
    change_note: str = ""
    texts: Mapping[str, Words] = field(default_factory=dict)

    def columns(self) -> dict[str, Any]:
        values = {name: value for name, value in asdict(self).items() if name != "texts"}
        lists = ("jurisdictions", "measures", "categories", "transparency_keywords")
        return values | {name: list(values[name]) for name in lists}


@transaction.atomic
def draft(*, policy: Policy, terms: Terms, actor: User, at: datetime) -> PolicyVersion:
    """Begin the next version. Refused while another is in the making."""
    Policy.objects.select_for_update().get(pk=policy.pk)
    if policy.versions.filter(state__in=[VersionState.DRAFT, VersionState.SUBMITTED]).exists():
        raise MoveRefused(_("A version of this policy is already in the making. Finish or withdraw it first."))
    number = (policy.versions.aggregate(last=Max("number"))["last"] or 0) + 1
    version = PolicyVersion.objects.create(policy=policy, number=number, author=actor, created_at=at, **terms.columns())
    _write_texts(version, terms.texts)
    _record("policy.drafted", version, actor, at)
    return version


@transaction.atomic
def edit(*, version: PolicyVersion, terms: Terms, actor: User, at: datetime) -> PolicyVersion:
    """Replace what a draft says. A draft may be incomplete or wrong; `submit` is where it must hold."""
    version = PolicyVersion.objects.select_for_update().get(pk=version.pk)
    if version.state != VersionState.DRAFT:
        raise MoveRefused(_("This version was submitted and is fixed. Draft the next one instead."))
    for name, value in terms.columns().items():
        setattr(version, name, value)
    version.save(update_fields=list(terms.columns()))
    version.texts.all().delete()
    _write_texts(version, terms.texts)
    _record("policy.edited", version, actor, at)
    return version


@transaction.atomic
def submit(*, version: PolicyVersion, actor: User, at: datetime) -> PolicyVersion:
    """Ask for approval. From here on the version is fixed in text, rule, scope and measures."""
    problems = problems_of(version)
    if problems:
        raise Incomplete(problems)
    version = _move(version, VersionState.SUBMITTED, actor=actor, reason="", at=at)
    _record("policy.submitted", version, actor, at)
    return version


@transaction.atomic
def approve(*, version: PolicyVersion, function: str, actor: User, comment: str, at: datetime) -> PolicyVersion:
    """Another person's yes puts the version in force and replaces the one before it. The mode stays as it is."""
    _refuse_author(version, actor)
    version = _move(version, VersionState.LIVE, actor=actor, reason=comment, at=at)
    _word(version, function, actor, ApprovalOutcome.APPROVED, comment, at)
    policy = Policy.objects.select_for_update().get(pk=version.policy_id)
    policy.live = version
    policy.save(update_fields=["live"])
    _record("policy.approved", version, actor, at, {"function": function, "comment": comment})
    return version


@transaction.atomic
def object_to(*, version: PolicyVersion, function: str, actor: User, comment: str, at: datetime) -> PolicyVersion:
    """Send the version back with a reason. Its words and rule stay readable; the author drafts the next one."""
    _refuse_author(version, actor)
    if not comment.strip():
        raise Refusal(_("Say what must change: the author reads only your comment."))
    version = _move(version, VersionState.RETURNED, actor=actor, reason=comment, at=at)
    _word(version, function, actor, ApprovalOutcome.OBJECTED, comment, at)
    _record("policy.objected", version, actor, at, {"function": function, "comment": comment})
    return version


@transaction.atomic
def withdraw(*, version: PolicyVersion, actor: User, reason: str, at: datetime) -> PolicyVersion:
    """Take a version back. Withdrawing the one in force switches the policy off."""
    was_live = version.state == VersionState.LIVE
    if was_live:
        policy = Policy.objects.select_for_update().get(pk=version.policy_id)
        if policy.mode != Mode.OFF:
            raise MoveRefused(_("Switch the policy off first: while it acts, its version cannot be withdrawn."))
        policy.live = None
        policy.save(update_fields=["live"])
    version = _move(version, VersionState.WITHDRAWN, actor=actor, reason=reason, at=at)
    _record("policy.withdrawn", version, actor, at, {"reason": reason})
    return version


def problems_of(version: PolicyVersion) -> dict[str, str]:
    """What keeps a draft from being submitted, by field; empty when nothing does."""
    problems: dict[str, str] = {}
    texts = {text.language: text for text in version.texts.all()}
    source = texts.get(SOURCE_LANGUAGE)
    if source is None or not (source.title and source.summary and source.statement):
        problems["texts"] = _("English needs a title, a summary and the statement's words.")
    if not version.legal_basis.strip():
        problems["legal_basis"] = _("Name the legal basis or the clause of the terms.")
    if not version.jurisdictions:
        problems["jurisdictions"] = _("Choose at least one market.")
    if version.default_measure not in version.measures:
        problems["default_measure"] = _("The default measure must be one of those permitted.")
    problems |= matters.problems(
        category=version.transparency_category,
        keywords=version.transparency_keywords,
        other=version.transparency_other,
        ground=version.ground,
    )
    wrong = rules.problems(version.rule, Subject(version.policy.subject))
    if wrong:
        problems["rule"] = wrong[0].message
    return problems


def _refuse_author(version: PolicyVersion, actor: User) -> None:
    if version.author_id == actor.pk:
        raise FourEyes(_("You wrote this version. Another person must approve it."))


def _word(
    version: PolicyVersion, function: str, actor: User, outcome: ApprovalOutcome, comment: str, at: datetime
) -> None:
    Approval.objects.create(
        version=version, function=function, person=actor, outcome=outcome, comment=comment, created_at=at
    )


def _write_texts(version: PolicyVersion, texts: Mapping[str, Words]) -> None:
    PolicyText.objects.bulk_create(
        [PolicyText(version=version, language=language, **asdict(words)) for language, words in texts.items()]
    )


def _move(version: PolicyVersion, to: VersionState, *, actor: User, reason: str, at: datetime) -> PolicyVersion:
    """Lock, check, write, record. The only function that writes a version's state."""
    version = PolicyVersion.objects.select_for_update().get(pk=version.pk)
    was = VersionState(version.state)
    if to not in VERSION_MOVES[was]:
        raise MoveRefused(
            _("This version is “%(state)s” and cannot become “%(to)s”.") % {"state": was.label, "to": to.label}
        )
    if to == VersionState.LIVE:
        for before in PolicyVersion.objects.select_for_update().filter(
            policy_id=version.policy_id, state=VersionState.LIVE
        ):
            before.superseded_by = version
            before.save(update_fields=["superseded_by"])
            _move(before, VersionState.SUPERSEDED, actor=actor, reason="", at=at)
    version.state = to
    version.save(update_fields=["state"])
    PolicyVersionMove.objects.create(
        version=version, from_state=was, to_state=to, actor=actor, reason=reason, moved_at=at
    )
    return version


def _record(
    verb: str, version: PolicyVersion, actor: User, at: datetime, data: Mapping[str, Any] | None = None
) -> None:
    entries.record(
        verb=verb,
        actor=actor,
        subject_kind="policy",
        subject_id=version.policy_id,
        subject_ref=f"P-{version.policy_id:04d} v{version.number}",
        data=data,
        at=at,
    )
