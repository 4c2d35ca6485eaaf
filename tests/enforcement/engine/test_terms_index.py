"""A rule that cannot hold without a word of a list is read only where there is one, and nothing else comes of it."""

from typing import Any

import pytest

from enforcement.engine import Summary, evaluation, facts, load_active
from governance.accounts.models import User
from governance.policies.language import Row, Rule
from governance.policies.queries.environment import environment
from listings.models import Category, Listing
from tests.enforcement.engine.conftest import active, term_list
from tests.factories.cases import NOON, listing, merchant

M = "listing.text.mentions"


@pytest.mark.parametrize(
    ("rule", "lists"),
    [
        (f'{M}("blades")', {"blades"}),
        (f'listing.price > 3.0 && {M}("blades")', {"blades"}),
        (f'{M}("blades") || {M}("guns")', {"blades", "guns"}),
        (f'({M}("blades") || {M}("guns")) && {M}("toys")', {"toys"}),
        (f'({M}("blades") && listing.price > 3.0) || {M}("guns")', {"blades", "guns"}),
        (f'{M}("blades") || listing.price > 3.0', None),
        (f'!{M}("blades")', None),
        (f'{M}("blades") ? listing.price > 3.0 : true', None),
        ("listing.price > 3.0", None),
    ],
)
def test_which_lists_a_rule_cannot_do_without(
    author: User, registers: dict[str, Category], rule: str, lists: set[str] | None
) -> None:
    for key in ("guns", "toys"):
        term_list(key, [key], author)
    assert environment().compile(rule).needed_lists == lists


def test_the_index_changes_nothing_but_what_is_read(
    author: User, registers: dict[str, Category], monkeypatch: pytest.MonkeyPatch
) -> None:
    term_list("guns", ["gun"], author)
    rules = [
        f'{M}("blades") && listing.brand == "Acme"',
        f'{M}("guns") || ({M}("blades") && listing.price < 30.0)',
        f'!{M}("guns")',
        "listing.price < 30.0",
        f'listing.brand == "Acme" && !{M}("blades")',
        f'{M}("guns") && {M}("blades")',
    ]
    for number, rule in enumerate(rules):
        active(f"p{number}", rule, author)
    for title in ("Bear", "Knife", "Gun", "Knife and gun"):
        for brand in ("", "Acme", "Bolt"):
            listing(merchant(f"{title} {brand}"), title, brand=brand)
    policies = load_active(at=NOON)
    subjects = facts.listings(Listing.objects.all(), needs=policies.needs(policies.policies[0].subject), at=NOON)
    whole = [said(each) for each in evaluation.by_row(policies, subjects, at=NOON, summary=Summary())]
    read: list[str] = []
    evaluate = Rule.evaluate

    def noted(rule: Rule, row: Row, market: str | None = None) -> bool | None:
        read.append(rule.source)
        return evaluate(rule, row, market)

    monkeypatch.setattr(Rule, "evaluate", noted)
    applying = policies.applying(None, ("DE",))
    rows = [policies.environment.row(subject, NOON) for subject in subjects]
    assert [said(each) for row in rows for each in evaluation.outcomes(applying, row)] == whole
    assert len(whole) > 20
    assert [read.count(rule) for rule in rules] == [6, 9, 12, 12, 12, 6]


def said(outcome: Any) -> tuple[object, ...]:
    return outcome.policy.version_id, outcome.subject_id, outcome.held, outcome.markets
