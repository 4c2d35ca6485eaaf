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

REASON = "Made for measuring."


@transaction.atomic
def put_in_force(*, at: datetime) -> int:
    """All of them find and count and nothing follows, so that a sweep is measured without what comes after it."""
    author = _person("author", Role.GOVERNANCE_MANAGER, at)
    approver = _person("approver", Role.APPROVER, at, Function.LEGAL)
    for each in term_lists():
        reads = Reads.SKELETON if each.reads_skeleton else Reads.BASE
        content = TermListContent(terms=each.words, reads=reads, change_note=REASON)
        lists.save(key=each.key, names={"en": each.key}, content=content, actor=author, at=at)
    for rule in rules():
        policy = policies.create(slug=rule.slug, family="all", subject=Subject.LISTINGS, actor=author, at=at)
        version = versions.draft(policy=policy, terms=_terms(rule), actor=author, at=at)
        version = versions.submit(version=version, actor=author, at=at)
        versions.approve(version=version, function=Function.LEGAL, actor=approver, comment=REASON, at=at)
        policies.set_mode(policy=policy, mode=Mode.SHADOW, actor=author, reason=REASON, at=at)
    return len(rules())


def _person(name: str, role: Role, at: datetime, function: Function | None = None) -> User:
    """Nobody signs in as one of these: they have no password."""
    return people.create_person(
        username=f"bench-{name}",
        email=f"{name}@bench.test",
        pseudonym=f"Bench {name}",
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
