"""Over columns a rule says what it says row by row: true, false and unknown, whatever rule and listings are made up."""

import pytest
from hypothesis import HealthCheck, assume, given, note, settings
from hypothesis import strategies as st

from enforcement.engine.columns import NotLowered, Planner, batch_of
from governance.policies.language import Rule, RuleProblems, Subject
from tests.enforcement.engine.columns.generated import ENVIRONMENT, EXAMPLES, NOW, numbered, rules, subjects


def compiled(source: str) -> Rule | None:
    try:
        return ENVIRONMENT.compile(source)
    except RuleProblems:
        return None


@given(st.lists(rules(), min_size=1, max_size=3), subjects)
@settings(
    max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much]
)
def test_columns_say_what_rows_say(sources: list[str], read: list[Subject]) -> None:
    written = [rule for source in sources if (rule := compiled(source))]
    assume(written)
    planner, read = Planner(ENVIRONMENT), numbered(read)
    for key, rule in enumerate(written):
        planner.add(key, rule)
    needs = frozenset().union(*(rule.needs for rule in written))
    answers = planner.plan.read(batch_of(ENVIRONMENT, read, needs, now=NOW).frame)
    for key, rule in enumerate(written):
        note(rule.source)
        expected = [rule.evaluate(ENVIRONMENT.row(subject, NOW)) for subject in read]
        assert answers[str(key)].to_list() == expected


@pytest.mark.parametrize(
    "source", ['duration("0.0000001s") < days(1)', 'timestamp("2026-11-22T00:00:00.0000001Z") < listing.createdAt']
)
def test_what_is_finer_than_a_column_is_left_to_the_row(source: str) -> None:
    planner = Planner(ENVIRONMENT)
    kept = ENVIRONMENT.compile('listing.title.matches("a")')
    planner.add(1, kept)
    rule = compiled(f'listing.title.matches("b") && {source}')
    assert rule is not None
    with pytest.raises(NotLowered):
        planner.add(2, rule)
    assert list(planner.plan.rules) == [1]
    assert [list(stage.columns) for stage in planner.plan.stages] == [["a"]]  # type: ignore[attr-defined]
