"""Policies over many listings find, leave open and count what they do row by row; what breaks is named."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from enforcement.engine import ActivePolicies, ActivePolicy, Outcome, Summary, evaluate, evaluation
from enforcement.engine.columns import Batch, Planner, batch_of
from governance.policies import enums
from governance.policies.language import RuleProblems, Subject
from tests.enforcement.engine.columns.generated import ENVIRONMENT, MARKETS, NOW, Author, numbered, subjects

Draw = Callable[[st.SearchStrategy[Any]], Any]


def policy(
    number: int, source: str, jurisdictions: tuple[str, ...] = MARKETS, categories: tuple[str, ...] = ()
) -> ActivePolicy:
    rule = ENVIRONMENT.compile(source)
    return ActivePolicy(
        number, number, enums.Subject.LISTINGS, enums.Mode.REVIEW, frozenset(jurisdictions), categories, rule
    )


@st.composite
def policy_sets(draw: Draw) -> ActivePolicies:
    active = []
    for number in range(draw(st.integers(1, 5))):
        source = Author(draw).boolean(2)
        if draw(st.booleans()):
            source = f'(market == "DE" ? {source} : listing.readableIn(market) && {Author(draw).boolean(1)})'
        chosen = draw(st.lists(st.sampled_from(MARKETS), min_size=1, unique=True))
        categories = draw(st.sampled_from([(), ("toys",), ("toys/plush", "home")]))
        try:
            active.append(policy(number, source, tuple(chosen), categories))
        except RuleProblems:
            continue
    return ActivePolicies(ENVIRONMENT, active)


def together(policies: ActivePolicies, read: list[Subject]) -> Batch:
    return batch_of(ENVIRONMENT, read, policies.needs(enums.Subject.LISTINGS), now=NOW)


def said(outcome: Outcome) -> tuple[object, ...]:
    return outcome.policy.version_id, outcome.subject_id, tuple(outcome.markets)


@given(policy_sets(), subjects)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
def test_over_columns_the_same_is_found_and_counted(policies: ActivePolicies, made: list[Subject]) -> None:
    read, by_row, over_columns = numbered(made), Summary(), Summary()
    expected = list(evaluation.by_row(policies, read, at=NOW, summary=by_row))
    found = evaluate(policies, together(policies, read), at=NOW, summary=over_columns)
    assert sorted(map(said, found.held)) == sorted(said(outcome) for outcome in expected if outcome.held)
    assert sorted(found.undecided) == sorted(
        (outcome.policy.policy_id, outcome.subject_id) for outcome in expected if outcome.held is None
    )
    assert over_columns.broken == by_row.broken
    counted = {version: tally for version, tally in over_columns.tallies.items() if tally.looked_at}
    assert counted == by_row.tallies


@pytest.fixture
def many() -> list[Subject]:
    from tests.governance.policies.language.conftest import AYSE, MAGNETS  # noqa: PLC0415 -- the same shop

    plain = replace(MAGNETS, attributes={"n1": 2.0}, category="toys")
    return [Subject(AYSE, replace(plain, id=nth)) for nth in range(40)]


def test_a_listing_with_a_value_of_another_kind_is_named_and_the_others_are_read(many: list[Subject]) -> None:
    assert many[3].listing
    many[3] = Subject(many[3].merchant, replace(many[3].listing, attributes={"n1": {"no": "number"}}))
    summary = Summary()
    policies = ActivePolicies(ENVIRONMENT, [policy(1, "listing.attr.n1 > 1")])
    found = evaluate(policies, together(policies, many), at=NOW, summary=summary).held
    assert [each.subject_id for each in summary.broken] == [3]
    assert [outcome.subject_id for outcome in found] == [nth for nth in range(len(many)) if nth != 3]
    assert summary.tally(1).matched == len(many) - 1


def test_a_rule_that_columns_cannot_read_is_read_row_by_row(many: list[Subject]) -> None:
    policies = ActivePolicies(ENVIRONMENT, [policy(1, 'listing.attr.n1 > 1 && duration("0.0000001s") < days(1)')])
    summary = Summary()
    found = evaluate(policies, together(policies, many), at=NOW, summary=summary).held
    assert len(found) == summary.tally(1).matched == summary.tally(1).looked_at == len(many)


def test_the_runtime_has_the_last_word(many: list[Subject], monkeypatch: pytest.MonkeyPatch) -> None:
    """A plan made of another rule says that all are in violation; none is found."""
    wrong = ENVIRONMENT.compile("listing.attr.n1 > 1")
    lower = Planner.add
    monkeypatch.setattr(Planner, "add", lambda self, key, _rule: lower(self, key, wrong))
    summary = Summary()
    read = ActivePolicies(ENVIRONMENT, [policy(1, "listing.attr.n1 > 1 && listing.attr.n1 > 1000")])
    assert evaluate(read, together(read, many), at=NOW, summary=summary).held == []
    assert (summary.tally(1).matched, summary.tally(1).confirmed) == (len(many), 0)


def test_where_the_columns_fail_the_rows_are_read(many: list[Subject], monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_args: object, **_named: object) -> None:
        raise MemoryError("too many columns")

    monkeypatch.setattr(evaluation, "answers", fail)
    summary = Summary()
    policies = ActivePolicies(ENVIRONMENT, [policy(1, "listing.attr.n1 > 1")])
    found = evaluate(policies, together(policies, many), at=NOW, summary=summary).held
    assert len(found) == summary.tally(1).matched == len(many)
