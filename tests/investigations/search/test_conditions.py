"""Conditions over cases, decisions and merchants: whatever is generated, the database and the row by row runtime say the same."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pytest
from django.db.models import QuerySet
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from enforcement.models import Decision
from governance.policies.language import Environment, RuleProblems, protos
from governance.policies.language.kinds import Kind
from governance.policies.language.readers import filler
from governance.policies.language.records import Records
from investigations.models import Case, CaseMove
from investigations.queries import conditions
from investigations.queries.searched import CASES, DECISIONS, MERCHANTS, Reader, Searched
from listings.models import Merchant, MerchantWindow
from tests.factories import cases as make

NOW = make.NOON + timedelta(days=3)
READER = Reader(NOW)
SETTINGS = settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


# --- what is generated -----------------------------------------------------------------------------

TEXTS = ["case.state", "case.severity", "case.policy", "case.outcome", "merchant.name", "merchant.country"]
NUMBERS = ["case.priority", "case.ageHours", "merchant.risk", "merchant.returnRate(30)", "merchant.rating(90)"]
WHOLES = ["case.orders30d", "case.items", "merchant.openCases", "merchant.visits(30)"]
MOMENTS = ["case.openedAt", "case.dueAt", "case.closedAt", "merchant.joinedAt", "now"]
TRUTHS = ["case.late", "case.reopened", "merchant.linked", "merchant.suspended"]
LISTS = ["case.markets", "case.languages"]
OPTIONAL = ["case.policy", "case.outcome", "case.closedAt", "merchant.joinedAt", "merchant.risk"]
MAY_BE_NULL = [*OPTIONAL, "merchant.returnRate(30)"]

texts: Any = st.deferred(lambda: st.sampled_from(TEXTS) | st.sampled_from(['""', '"a"', '"Ä b"', '" open\\t"', '"DE"', '"Zz"']) | _made(
    texts, lambda x: st.sampled_from([f"{x}.lowerAscii()", f"{x}.upperAscii()", f"{x}.trim()", f"({x} + {x})"])
))  # fmt: skip
numbers: Any = st.deferred(lambda: st.sampled_from([*NUMBERS, "0.5", "-2.5", "72.0"]) | st.builds(
    "({} {} {})".format, numbers, st.sampled_from("+-*"), numbers
) | st.builds("({} / 4.0)".format, numbers) | st.builds("double({})".format, wholes))  # fmt: skip
wholes: Any = st.deferred(lambda: st.sampled_from([*WHOLES, "0", "3", "-7", "9223372036854775807"]) | st.builds(
    "({} {} {})".format, wholes, st.sampled_from("+-*/%"), wholes
) | st.builds("size({})".format, texts | st.sampled_from(LISTS)) | st.builds("{}.getFullYear()".format, moments)
    | st.builds("(-{})".format, st.sampled_from(WHOLES)))  # fmt: skip
moments: Any = st.deferred(lambda: st.sampled_from([*MOMENTS, 'timestamp("2026-11-23T12:00:00Z")']) | st.builds(
    "({} {} {})".format, moments, st.sampled_from("+-"), periods
))  # fmt: skip
periods: Any = st.deferred(lambda: st.sampled_from(["days(2)", 'duration("36h")', 'duration("-90m")', "days(3650)"]) | st.builds(
    "({} - {})".format, moments, moments
))  # fmt: skip
signs = st.sampled_from(["==", "!=", "<", "<=", ">", ">="])


def _made(parts: Any, more: Callable[[str], Any]) -> Any:
    return parts.flatmap(more)


def _leaf() -> Any:
    return st.one_of(
        *(st.builds("({} {} {})".format, each, signs, each) for each in (texts, numbers, wholes, moments, periods)),
        st.sampled_from([*TRUTHS, "true", "false"]),
        st.builds("({} in {})".format, texts, st.sampled_from([*LISTS, "EU"])),
        st.builds("({} in [{}, {}])".format, texts, texts, texts),
        st.builds("({} in [{}, 3])".format, wholes, wholes),
        st.builds("({} in [{}, {}])".format, numbers, numbers, numbers),
        st.builds("{}.{}({})".format, texts, st.sampled_from(["startsWith", "endsWith", "contains"]), texts),
        st.builds("has({})".format, st.sampled_from(OPTIONAL)),
        st.builds("({} {} null)".format, st.sampled_from(MAY_BE_NULL), st.sampled_from(["==", "!="])),
    )


def _larger(parts: Any) -> Any:
    return st.one_of(
        st.builds("!{}".format, parts),
        st.builds("({} {} {})".format, parts, st.sampled_from(["&&", "||"]), parts),
        st.builds("({} ? {} : {})".format, parts, parts, parts),
    )


written = st.recursive(_leaf(), _larger, max_leaves=6)


# --- row by row ------------------------------------------------------------------------------------


def known(rows: QuerySet[Any], searched: Searched) -> dict[int, dict[str, Any]]:
    """Every fact of every row, by the row's key."""
    places = searched.places(READER)
    named = {f"fact_{number}": path for number, path in enumerate(places)}
    found = rows.annotate(**{name: places[path] for name, path in named.items()}).values("pk", *named)
    return {row["pk"]: {path: row[name] for name, path in named.items()} for row in found}


def activation(records: Records, facts: Mapping[str, Any]) -> Any:
    messages = {name.lower(): records.schema.classes[name]() for name in ("Case", "Decision", "Merchant")}
    for path, value in facts.items():
        if value is None:
            continue
        root, *holder, name = path.split(".")
        message = messages[root]
        for each in holder:
            message = getattr(message, each)
        owner = Kind.WINDOW if holder else Kind(root)
        fact = records.schema.facts[owner, name]
        filler(fact, records.schema)(message, {Kind.NUMBER: float, Kind.WHOLE: int}.get(fact.kind, lambda x: x)(value))
    return records.runtime.Activation({**messages, "now": NOW})


def by_row(records: Records, tree: Any, activations: Mapping[int, Any]) -> dict[int, bool | None]:
    program = records.runtime.deserialize(protos.serialized(tree))
    values = {key: program.eval(each).value() for key, each in activations.items()}
    return {key: value if isinstance(value, bool) else None for key, value in values.items()}


def by_database(rows: QuerySet[Any], searched: Searched, source: str) -> dict[int, bool | None]:
    condition = conditions.compiled(source, searched.records, searched.places(READER), at=NOW)
    return dict(rows.annotate(held=condition).values_list("pk", "held"))


# --- tests -----------------------------------------------------------------------------------------


@pytest.fixture
def cases(db: None) -> QuerySet[Case]:
    """Open, closed, late, reopened, without a policy; of merchants of whom much or little is known."""
    make.market("DE")
    policy = make.policy("a")
    much = make.merchant("Ä b", country="FR", joined_on=date(2020, 2, 29), suspended_at=make.NOON)
    MerchantWindow.objects.create(
        merchant=much, days=30, as_of=date(2026, 11, 22), visits=900, orders=40, returns=10, revenue_eur=1
    )
    little = make.merchant("Zz")
    first = make.case(policy, much, listings=2)
    second = make.case(policy, little, markets=("DE", "FR"))
    third = make.case(make.policy("DE", title="Knives"), little)
    Case.objects.filter(pk=first.pk).update(languages=["a", "DE"], orders_30d=3, priority=72.5, due_at=make.NOON)
    Case.objects.filter(pk=second.pk).update(
        state="closed", outcome="decided", closed_at=make.NOON + timedelta(hours=72)
    )
    Case.objects.filter(pk=third.pk).update(policy=None, cause_key="notice:other", due_at=NOW + timedelta(days=9))
    CaseMove.objects.create(case=third, from_state="closed", to_state="open", moved_at=make.NOON)
    return Case.objects.order_by("pk")


@pytest.mark.django_db
def test_the_database_says_what_the_runtime_says(cases: QuerySet[Case]) -> None:
    records = CASES.records
    activations = {key: activation(records, facts) for key, facts in known(cases, CASES).items()}

    @SETTINGS
    @given(written)
    def both_agree(source: str) -> None:
        try:
            tree = records.compile(source).tree
        except RuleProblems:
            return  # such as a text that is longer than is read
        assert by_database(cases, CASES, source) == by_row(records, tree, activations)

    both_agree()


@pytest.mark.django_db
@pytest.mark.parametrize("searched", [CASES, DECISIONS, MERCHANTS], ids=lambda each: each.kind)
def test_every_example_of_a_fact_is_read(searched: Searched) -> None:
    """Of no row at all: each place is an expression that the database knows."""
    rows: Any = {"cases": Case.objects, "merchants": Merchant.objects, "decisions": Decision.objects}[searched.kind]
    examples = [each.fact.example for each in searched.facts if each.fact.example]
    for example in examples:
        assert by_database(rows, searched, example) == {}
    assert known(rows, searched) == {}
    assert len(examples) > 15


@pytest.mark.django_db
def test_what_the_table_says_is_so(cases: QuerySet[Case]) -> None:
    first, second, third = cases

    def held(source: str) -> list[Case]:
        found = by_database(cases, CASES, source)
        return [case for case in cases if found[case.pk]]

    assert held("case.reopened") == [third]
    assert held("case.late") == [first, second]
    assert held("case.ageHours == 72.0") == [first, second, third]
    assert held('case.policy != "toys"') == [first, second]
    assert held("!has(case.policy)") == [third]
    assert held("case.items == 2") == [first]
    assert held("merchant.openCases == 1") == [first, second, third]
    assert held("merchant.returnRate(30) == 0.25") == [first]
    assert held("merchant.openViolations > 1") == [first, second, third]
    assert held('"b".endsWith("ab") || merchant.name.endsWith(" b") || case.policy.endsWith("E")') == [first]
    assert held("case.priority in [merchant.risk, 1.0] || case.priority in [72.5, 1.0]") == [first]
    unknown = ["case.priority in [merchant.risk, 1.0]", 'timestamp("0001-01-01T00:00:00+01:00") < now']
    for source in unknown:
        assert set(by_database(cases, CASES, source).values()) == {None}
        activations = {key: activation(CASES.records, facts) for key, facts in known(cases, CASES).items()}
        assert set(by_row(CASES.records, CASES.records.compile(source).tree, activations).values()) == {None}


def nested(times: int) -> str:
    """A text that ends with a text that ends with a text."""
    written = "merchant.name"
    for _time in range(times):
        written = f'("a".endsWith({written}) ? "a" : "b")'
    return f'{written} == "a"'


@pytest.mark.django_db
def test_what_is_nested_grows_by_as_much_each_time() -> None:
    def sql(times: int) -> str:
        condition = conditions.compiled(nested(times), CASES.records, CASES.places(READER), at=NOW)
        return str(Case.objects.filter(condition).query)

    lengths = [len(sql(times)) for times in (2, 4, 6, 8)]
    assert len({after - before for before, after in pairwise(lengths)}) == 1


def test_what_would_be_too_much_for_the_database_is_refused_at_its_place(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conditions, "LONGEST", 1_000)
    with pytest.raises(RuleProblems) as wrong:
        conditions.compiled(nested(12), CASES.records, CASES.places(READER), at=NOW)
    assert "read in rules and in searches of listings only" in wrong.value.message


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("case.colour == 1", "1:6 `case.colour` does not exist."),
        ('case.policy.matches("a")', "1:13 `matches` is read in rules and in searches of listings only."),
        ('case.markets.exists(m, m == "DE")', "1:14 `exists` is read in rules and in searches of listings only."),
        ("listing.price > 1", "1:1 A search of cases cannot name `listing`."),
        ("decision.points > 1", "1:1 A search of cases cannot name `decision`."),
        ("cas.priority > 1.0", "1:1 `cas` is not known. A name begins with one of: merchant, case, now. Did you mean `case`?"),
        ('now - case.openedAt < duration("3000000h")', "1:23 This part is read in rules and in searches of listings only."),
        ('case.policy == "\\u0000"', "1:16 This part is read in rules and in searches of listings only."),
        ('size(["a"]) == case.items', "1:6 This part is read in rules and in searches of listings only."),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_at_its_place(source: str, said: str) -> None:
    with pytest.raises(RuleProblems) as wrong:
        conditions.compiled(source, CASES.records, CASES.places(READER), at=NOW)
    assert wrong.value.message == said


def test_a_rule_cannot_name_a_decision() -> None:
    with pytest.raises(RuleProblems, match="no_decision"):
        Environment().compile("decision.points > 1")
