"""A policy version's life, each verb allowed and in the wrong state; the table over its full product."""

from dataclasses import replace

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from governance.accounts.enums import Role
from governance.accounts.models import User
from governance.audit.models import Entry
from governance.policies.domain import policies, versions
from governance.policies.enums import VERSION_MOVES, Ground, Measure, Mode, Severity, Subject, VersionState
from governance.policies.models import Policy, PolicyVersion
from governance.web.refusals import MoveRefused, Refusal
from tests.factories.cases import NOON, person

pytestmark = pytest.mark.django_db

TERMS = versions.Terms(
    severity=Severity.CRITICAL,
    ground=Ground.LEGAL,
    legal_basis="EN 71-1, 4.23",
    jurisdictions=["DE", "FR"],
    rule="listing.price < 5.0",
    measures=[Measure.WARN, Measure.REMOVE],
    default_measure=Measure.REMOVE,
    texts={"en": versions.Words(title="Loose magnets", summary="Not as toys.", statement="It holds a loose magnet.")},
)


@pytest.fixture
def author() -> User:
    return person("author", Role.GOVERNANCE_MANAGER)


@pytest.fixture
def lawyer() -> User:
    return person("lawyer", Role.GOVERNANCE_MANAGER)


@pytest.fixture
def policy(author: User) -> Policy:
    return policies.create(slug="magnets", family="toys", subject=Subject.LISTINGS, actor=author, at=NOON)


@pytest.fixture
def submitted(policy: Policy, author: User) -> PolicyVersion:
    draft = versions.draft(policy=policy, terms=TERMS, actor=author, at=NOON)
    return versions.submit(version=draft, actor=author, at=NOON)


def approved(version: PolicyVersion, lawyer: User) -> PolicyVersion:
    return versions.approve(version=version, function="legal", actor=lawyer, comment="", at=NOON)


def test_a_slug_names_one_policy(policy: Policy, author: User) -> None:
    with pytest.raises(policies.SlugTaken):
        policies.create(slug="magnets", family="toys", subject=Subject.LISTINGS, actor=author, at=NOON)


def test_approval_by_another_person_puts_the_version_in_force(submitted: PolicyVersion, lawyer: User) -> None:
    live = approved(submitted, lawyer)
    assert live.state == VersionState.LIVE
    assert Policy.objects.get(pk=live.policy_id).live_id == live.pk
    verbs = list(Entry.objects.filter(subject_kind="policy").order_by("pk").values_list("verb", flat=True))
    assert verbs == ["policy.created", "policy.drafted", "policy.submitted", "policy.approved"]


def test_the_author_cannot_approve_their_own_version(submitted: PolicyVersion, author: User) -> None:
    with pytest.raises(versions.FourEyes):
        versions.approve(version=submitted, function="legal", actor=author, comment="", at=NOON)
    assert PolicyVersion.objects.get(pk=submitted.pk).state == VersionState.SUBMITTED


def test_the_next_version_replaces_the_one_in_force(submitted: PolicyVersion, author: User, lawyer: User) -> None:
    first = approved(submitted, lawyer)
    second = versions.draft(policy=first.policy, terms=TERMS, actor=author, at=NOON)
    second = approved(versions.submit(version=second, actor=author, at=NOON), lawyer)
    first = PolicyVersion.objects.get(pk=first.pk)
    assert (first.state, first.superseded_by_id) == (VersionState.SUPERSEDED, second.pk)
    assert [(move.from_state, move.to_state) for move in first.moves.order_by("pk")] == [
        ("draft", "submitted"),
        ("submitted", "live"),
        ("live", "superseded"),
    ]


def test_an_objection_needs_words_and_sends_the_version_back(submitted: PolicyVersion, lawyer: User) -> None:
    with pytest.raises(Refusal):
        versions.object_to(version=submitted, function="legal", actor=lawyer, comment=" ", at=NOON)
    returned = versions.object_to(version=submitted, function="legal", actor=lawyer, comment="Cite it.", at=NOON)
    assert returned.state == VersionState.RETURNED
    assert returned.approvals.get().comment == "Cite it."


def test_one_version_is_in_the_making_at_a_time(submitted: PolicyVersion, author: User) -> None:
    with pytest.raises(MoveRefused):
        versions.draft(policy=submitted.policy, terms=TERMS, actor=author, at=NOON)


def test_an_incomplete_draft_is_kept_and_not_submitted(policy: Policy, author: User) -> None:
    draft = versions.draft(
        policy=policy, terms=replace(TERMS, legal_basis="", jurisdictions=[], texts={}), actor=author, at=NOON
    )
    with pytest.raises(versions.Incomplete) as refused:
        versions.submit(version=draft, actor=author, at=NOON)
    assert sorted(refused.value.problems) == ["jurisdictions", "legal_basis", "texts"]
    assert PolicyVersion.objects.get(pk=draft.pk).state == VersionState.DRAFT


def test_a_wrong_rule_is_not_submitted(policy: Policy, author: User) -> None:
    draft = versions.draft(policy=policy, terms=replace(TERMS, rule="listing.prise < 5"), actor=author, at=NOON)
    with pytest.raises(versions.Incomplete) as refused:
        versions.submit(version=draft, actor=author, at=NOON)
    assert list(refused.value.problems) == ["rule"]


def test_editing_replaces_what_a_draft_says(policy: Policy, author: User) -> None:
    draft = versions.draft(policy=policy, terms=TERMS, actor=author, at=NOON)
    edited = versions.edit(version=draft, terms=replace(TERMS, points=7), actor=author, at=NOON)
    assert (edited.points, edited.texts.count()) == (7, 1)


def test_a_submitted_version_is_fixed_in_the_database_too(submitted: PolicyVersion, author: User) -> None:
    with pytest.raises(MoveRefused):
        versions.edit(version=submitted, terms=TERMS, actor=author, at=NOON)
    for attempt in (
        "UPDATE policies_policyversion SET rule = 'true' WHERE id = %s",
        "DELETE FROM policies_policyversion WHERE id = %s",
        "UPDATE policies_policytext SET title = 'x' WHERE version_id = %s",
        "DELETE FROM policies_policytext WHERE version_id = %s",
        "INSERT INTO policies_policytext (version_id, language, title, summary, guidance, statement, correction)"
        " VALUES (%s, 'de', '', '', '', '', '')",
    ):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(attempt, [submitted.pk])


def test_the_history_of_moves_is_append_only(submitted: PolicyVersion) -> None:
    for attempt in ("UPDATE policies_policyversionmove SET reason = 'x'", "DELETE FROM policies_policyversionmove"):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(attempt)


@pytest.mark.parametrize("to", list(VersionState))
@pytest.mark.parametrize("was", list(VersionState))
def test_the_table_of_moves_is_kept(policy: Policy, author: User, was: VersionState, to: VersionState) -> None:
    version = versions.draft(policy=policy, terms=TERMS, actor=author, at=NOON)
    PolicyVersion.objects.filter(pk=version.pk).update(state=was)
    if to in VERSION_MOVES[was]:
        assert versions._move(version, to, actor=author, reason="", at=NOON).state == to
    else:
        with pytest.raises(MoveRefused):
            versions._move(version, to, actor=author, reason="", at=NOON)
        assert PolicyVersion.objects.get(pk=version.pk).state == was


def test_a_mode_needs_a_version_in_force(policy: Policy, author: User) -> None:
    with pytest.raises(MoveRefused):
        policies.set_mode(policy=policy, mode=Mode.SHADOW, actor=author, reason="try", at=NOON)


def test_modes_move_and_are_recorded(submitted: PolicyVersion, author: User, lawyer: User) -> None:
    policy = approved(submitted, lawyer).policy
    policies.set_mode(policy=policy, mode=Mode.SHADOW, actor=author, reason="first look", at=NOON)
    policies.set_mode(policy=policy, mode=Mode.ENFORCE, actor=author, reason="it is right", at=NOON)
    with pytest.raises(MoveRefused):
        policies.set_mode(policy=policy, mode=Mode.ENFORCE, actor=author, reason="again", at=NOON)
    moves = [(move.from_mode, move.to_mode, move.reason) for move in policy.moves.order_by("pk")]
    assert moves == [("off", "shadow", "first look"), ("shadow", "enforce", "it is right")]


def test_what_acts_is_switched_off_before_it_is_withdrawn(submitted: PolicyVersion, author: User, lawyer: User) -> None:
    live = approved(submitted, lawyer)
    policies.set_mode(policy=live.policy, mode=Mode.SHADOW, actor=author, reason="look", at=NOON)
    with pytest.raises(MoveRefused):
        versions.withdraw(version=live, actor=author, reason="wrong", at=NOON)
    policies.set_mode(policy=live.policy, mode=Mode.OFF, actor=author, reason="wrong", at=NOON)
    withdrawn = versions.withdraw(version=live, actor=author, reason="wrong", at=NOON)
    assert (withdrawn.state, Policy.objects.get(pk=live.policy_id).live_id) == (VersionState.WITHDRAWN, None)
