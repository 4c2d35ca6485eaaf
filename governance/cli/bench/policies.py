"""The rules as policies in force, each put through the verbs that a person uses."""

from datetime import datetime

from django.db import transaction

from governance.accounts.domain import people
from governance.accounts.domain.people import WantedRole
from governance.accounts.enums import Function, Role
from governance.accounts.models import User
from governance.cli.bench.forms.cel import cel
from governance.cli.bench.rules import rules
from governance.cli.bench.terms import term_lists
from governance.cli.bench.tree import Rule
from governance.policies.domain import policies, versions
from governance.policies.domain import term_lists as lists
from governance.policies.domain.term_lists import TermListContent
from governance.policies.domain.versions import Terms, Words
from governance.policies.enums import Ground, Measure, Mode, Reads, Severity, Subject
from governance.policies.models import Policy

REASON = "Made for measuring."
AUTHOR = "bench-author"


@transaction.atomic
def put_in_force(*, at: datetime) -> int:
    """All of them find and count and nothing follows, so that a sweep is measured without what comes after it."""
    writer = _person(AUTHOR, Role.GOVERNANCE_MANAGER, at)
    approver = _person("bench-approver", Role.APPROVER, at, Function.LEGAL)
    for each in term_lists():
        reads = Reads.SKELETON if each.reads_skeleton else Reads.BASE
        content = TermListContent(terms=each.words, reads=reads, change_note=REASON)
        lists.save(key=each.key, names={"en": each.key}, content=content, actor=writer, at=at)
    for rule in rules():
        policy = policies.create(slug=rule.slug, family="all", subject=Subject.LISTINGS, actor=writer, at=at)
        version = versions.draft(policy=policy, terms=_terms(rule), actor=writer, at=at)
        version = versions.submit(version=version, actor=writer, at=at)
        versions.approve(version=version, function=Function.LEGAL, actor=approver, comment=REASON, at=at)
        policies.set_mode(policy=policy, mode=Mode.SHADOW, actor=writer, reason=REASON, at=at)
    return len(rules())


@transaction.atomic
def set_modes(mode: Mode, *, at: datetime) -> None:
    """Switch all of them, where they are not so already."""
    for policy in Policy.objects.exclude(mode=mode).order_by("pk"):
        policies.set_mode(policy=policy, mode=mode, actor=author(), reason=REASON, at=at)


def author() -> User:
    return User.objects.get(username=AUTHOR)


def _person(name: str, role: Role, at: datetime, function: Function | None = None) -> User:
    """Nobody signs in as one of these: they have no password."""
    return people.create_person(
        username=name,
        email=f"{name}@bench.test",
        pseudonym=name.replace("-", " ").title(),
        roles=[WantedRole(role, function) if function else WantedRole(role)],
        actor=None,
        at=at,
    )


def _terms(rule: Rule) -> Terms:
    title = f"{rule.kind.capitalize()} rule {rule.number}"
    return Terms(
        severity=Severity.MODERATE,
        ground=Ground.TERMS,
        legal_basis="The bench's own terms",
        jurisdictions=rule.jurisdictions,
        categories=rule.categories,
        rule=cel(rule.when),
        measures=[Measure.WARN],
        default_measure=Measure.WARN,
        change_note=REASON,
        texts={"en": Words(title=title, summary=title, statement=title)},
    )
