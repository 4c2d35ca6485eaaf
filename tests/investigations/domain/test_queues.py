"""Which queue takes a case, what changes that, and that nothing keeps a case from being seen."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from governance.accounts.enums import Role
from governance.accounts.models import User
from governance.audit.models import Entry
from governance.policies.enums import Measure, Severity
from governance.web.refusals import MoveRefused, Refusal
from investigations.domain import cases, claims, queues, routing
from investigations.domain.issuing import MeasureHidden
from investigations.domain.queues import RuleWrong, StaysDefault, Terms, ensure_default_queues
from investigations.enums import CaseState, Skill, Verdict
from investigations.models import Case, Queue, Rerouting
from investigations.queries import dry_runs
from investigations.queries.routing import Router, active
from tests.factories import cases as make
from tests.factories.cases import NOON

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(hours=1)


@pytest.fixture
def lena() -> User:
    return make.person("lena", Role.TEAM_LEAD)


@pytest.fixture(autouse=True)
def known() -> list[Queue]:
    return ensure_default_queues()


def terms(rule: str = 'case.family == "toys"', **more: Any) -> Terms:
    values: dict[str, Any] = {"names": {"en": "Toys for all"}, "rule": rule, "decide_within_hours": 24}
    return Terms(**(values | more))


def keys() -> list[str]:
    return [queue.key for queue in active()]


def toys(name: str = "Nordlicht", **more: Any) -> Case:
    return make.case(make.policy(f"policy-{name.lower()}"), make.merchant(name), **more)


# --- rules ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rule", "takes"),
    [
        ('case.severity == "serious"', True),
        ('case.severity == "minor"', False),
        ('case.family in ["toys"] && case.origin == "sweep"', True),
        ('case.policy == "policy-nordlicht"', True),
        ('"FR" in case.markets', True),
        ('"AT" in case.markets', False),
        ('"de" in case.languages', True),
        ("case.listings == 2", True),
        ("case.orders30d > 100", True),
        ("case.views30d < 10", False),
        ("case.openedAt < now - days(2)", False),
        ('merchant.country == "DE"', True),
        ('merchant.name.startsWith("Kestrel")', False),
        ("merchant.points > 3", False),
    ],
)
def test_a_rule_sees_the_case_and_its_merchant(rule: str, takes: bool, lena: User) -> None:
    for code in ("DE", "FR", "AT"):
        make.market(code)
    own = queues.add(terms=terms(rule), actor=lena, at=NOON)
    queues.order(keys=[own.key, *(key for key in keys()[:-1] if key != own.key)], actor=lena, at=NOON)
    magnets, nordlicht = make.policy("policy-nordlicht"), make.merchant("Nordlicht")
    for number in range(2):
        listing = make.listing(nordlicht, f"Cube {number}", markets=("DE", "FR"), language="de-AT")
        make.sold(listing, orders=60, visits=5)
        make.violation(listing, magnets)

    cases.open_owed(at=NOON)

    case = Case.objects.get()
    assert (case.queue == own) == takes
    assert case.queue.key in (own.key, "product_safety")
    assert (case.languages, case.routing) == (["de"], {})


def test_the_first_that_holds_takes_it_and_the_default_the_rest(lena: User) -> None:
    first = queues.add(terms=terms("case.listings >= 1"), actor=lena, at=NOON)
    assert keys() == ["critical", "restricted", "product_safety", "consumer_information", first.key, "general"]
    queues.remove(queue=first, actor=lena, at=NOON)

    odd = make.case(make.policy("odd", family="unheard_of"), make.merchant("Nordlicht"))

    assert odd.queue.key == "general"


def test_the_hours_are_those_of_the_queue_that_takes_it(lena: User) -> None:
    own = queues.add(terms=terms(decide_within_hours=5), actor=lena, at=NOON)
    queues.order(keys=[own.key, *keys()[:-2]], actor=lena, at=NOON)

    assert toys().due_at == NOON + timedelta(hours=5)


def test_a_rule_that_cannot_be_read_any_more_is_passed_over_and_said() -> None:
    Queue.objects.filter(key="critical").update(rule='case.colour == "red"')

    case = toys()

    assert case.queue.key == "product_safety"
    assert case.routing == {"queue": "critical", "fault": "1:6 unknown_fact"}


def test_what_a_rule_does_not_decide_is_not_taken_by_it() -> None:
    Queue.objects.filter(key="critical").update(rule="100 / (case.listings - 1) > 2")

    case = toys()

    assert (case.queue.key, case.routing) == ("product_safety", {})


def test_data_that_a_rule_fails_on_sends_the_case_to_the_default_queue_and_no_other() -> None:
    """A language that is no text cannot be put before a rule; the case beside it is routed as ever."""
    Queue.objects.filter(key="critical").update(rule='"de" in case.languages')
    good, bad = toys(), toys("Kestrel")
    bad.languages = [None]  # type: ignore[list-item]

    places = Router(active()).places([good, bad], LATER)

    assert (places[good.pk].queue.key, places[good.pk].problem) == ("product_safety", {})
    assert (places[bad.pk].queue.key, places[bad.pk].problem["queue"]) == ("general", "critical")
    assert "TypeError" in places[bad.pk].problem["fault"]


# --- what people change ----------------------------------------------------------------------------


def test_what_is_saved_is_logged_with_what_was(lena: User) -> None:
    general = Queue.objects.get(key="general")
    names = {"en": "The rest", "de": "Der Rest"}
    wanted = Terms(names=names, rule="", decide_within_hours=48, hidden_measures=[Measure.REMOVE], asks=["language"])

    queues.change(queue=general, terms=wanted, actor=lena, at=NOON)
    queues.change(queue=general, terms=wanted, actor=lena, at=LATER)

    general.refresh_from_db()
    assert (general.names, general.decide_within_hours, general.asks) == (names, 48, ["language"])
    entry = Entry.objects.get(verb="queue.changed")
    assert entry.data["decide_within_hours"] == [72, 48]
    assert entry.data["hidden_measures"] == [[], ["remove"]]


@pytest.mark.parametrize(
    ("rule", "code"),
    [
        ("", "empty"),
        ("case.severity", "not_boolean"),
        ("listing.price > 5", "only_about_cases"),
        ('market == "DE"', "only_about_cases"),
        ("case.severty == 'minor'", "unknown_fact"),
        ('"UK" in case.markets', "unknown_market"),
    ],
)
def test_a_rule_that_says_nothing_about_cases_is_refused(rule: str, code: str, lena: User) -> None:
    make.market("GB")
    with pytest.raises(RuleWrong) as refused:
        queues.add(terms=terms(rule), actor=lena, at=NOON)

    assert refused.value.problems[0].code == code
    assert Queue.objects.count() == 5


def test_the_default_queue_has_no_rule_and_stays(lena: User) -> None:
    general = Queue.objects.get(key="general")
    with pytest.raises(StaysDefault):
        queues.change(queue=general, terms=terms(), actor=lena, at=NOON)
    with pytest.raises(StaysDefault):
        queues.remove(queue=general, actor=lena, at=NOON)
    for statement in (
        "DELETE FROM investigations_queue WHERE is_default",
        "UPDATE investigations_queue SET is_default = false WHERE is_default",
        "UPDATE investigations_queue SET rule = 'true' WHERE is_default",
        "UPDATE investigations_queue SET rule = '' WHERE NOT is_default",
        "UPDATE investigations_queue SET is_default = true",
    ):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_an_order_of_other_queues_is_refused(lena: User) -> None:
    with pytest.raises(MoveRefused, match="meanwhile"):
        queues.order(keys=["critical"], actor=lena, at=NOON)


def test_a_queue_needs_a_name_in_english(lena: User) -> None:
    with pytest.raises(Refusal, match="English"):
        queues.add(terms=terms(names={"de": "Spielzeug"}), actor=lena, at=NOON)


def test_a_removed_queue_cannot_be_changed(lena: User) -> None:
    critical = Queue.objects.get(key="critical")
    queues.remove(queue=critical, actor=lena, at=NOON)
    for verb in (queues.remove, lambda **of: queues.change(terms=terms(), **of)):
        with pytest.raises(MoveRefused, match="removed"):
            verb(queue=critical, actor=lena, at=LATER)
    ensure_default_queues()
    assert "critical" not in keys()


# --- moving what is live ---------------------------------------------------------------------------


def test_a_dry_run_says_what_would_move_and_writes_nothing(lena: User) -> None:
    moving = [toys("Nordlicht"), toys("Kestrel")]
    make.case(make.policy("wine", family="alcohol"), make.merchant("Casa"))
    proposed = active()
    proposed[0].rule = 'case.family == "toys"'

    run = dry_runs.of(proposed, user=lena, at=NOON)

    assert (run.live, run.read, run.moved) == (3, 3, 2)
    assert [(move.before.key, move.after.key, move.count) for move in run.moves] == [("product_safety", "critical", 2)]
    assert {case.pk for case in run.moves[0].examples} == {case.pk for case in moving}
    assert set(Case.objects.values_list("queue__key", flat=True)) == {"product_safety", "restricted"}


def test_examples_are_cases_that_the_reader_may_see(lena: User) -> None:
    toys(markets=("DE",))
    french = make.person("frida", Role.TEAM_LEAD, markets=["FR"])
    proposed = active()
    proposed[0].rule = "case.listings > 0"

    run = dry_runs.of(proposed, user=french, at=NOON)

    assert (run.moved, run.moves[0].examples) == (1, [])


def test_saving_moves_cases_only_when_asked(lena: User) -> None:
    case, critical = toys(), Queue.objects.get(key="critical")
    everything = terms("case.listings > 0", decide_within_hours=6)

    queues.change(queue=critical, terms=everything, actor=lena, at=LATER)
    assert (routing.run(at=LATER), Rerouting.objects.count()) == (0, 0)

    queues.change(queue=critical, terms=everything, actor=lena, at=LATER, move=True)
    assert routing.run(at=LATER) == 1
    assert routing.run(at=LATER) == 0

    case.refresh_from_db()
    assert (case.queue, case.due_at) == (critical, NOON + timedelta(hours=6))
    entry = Entry.objects.get(verb="case.rerouted", subject_id=case.pk)
    assert (entry.actor, entry.data) == (lena, {"from": "product_safety", "to": "critical"})
    done = Rerouting.objects.get()
    assert (done.seen, done.moved, done.finished_at) == (1, 1, LATER)


def test_moving_goes_in_chunks_and_leaves_closed_cases(lena: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(routing, "CHUNK", 2)
    rows = [toys(name) for name in ("Nordlicht", "Kestrel", "Casa")]
    closed = toys("Gone")
    kim = make.person("kim", Role.MODERATOR)
    claims.claim(case=closed, person=kim, at=NOON)
    item = closed.items.get()
    cases.decide(case=closed, verdicts={item.pk: Verdict.FINE}, measure=None, actor=kim, reason="Fine", at=NOON)
    queues.remove(queue=Queue.objects.get(key="product_safety"), actor=lena, at=LATER)

    assert routing.run(at=LATER) == 3

    assert {Case.objects.get(pk=row.pk).queue.key for row in rows} == {"general"}
    assert Case.objects.get(pk=closed.pk).queue.key == "product_safety"
    assert (Rerouting.objects.get().seen, Rerouting.objects.get().last_case) == (3, rows[-1].pk)


# --- measures that are hidden ------------------------------------------------------------------------


def test_a_hidden_measure_is_not_decided(lena: User) -> None:
    case, kim = toys(), make.person("kim", Role.MODERATOR)
    hidden = Terms(names={"en": "Safety"}, rule="case.listings > 0", decide_within_hours=48, hidden_measures=["remove"])
    queues.change(queue=case.queue, terms=hidden, actor=lena, at=NOON)
    case = Case.objects.get()
    claims.claim(case=case, person=kim, at=NOON)
    verdicts = {case.items.get().pk: Verdict.VIOLATES}
    words: dict[str, Any] = {"case": case, "verdicts": verdicts, "actor": kim, "reason": "It is", "at": NOON}

    for verb in (cases.decide, cases.draft_statement):
        with pytest.raises(MeasureHidden, match="not decided in this queue"):
            verb(measure=Measure.REMOVE, **words)
    assert Case.objects.get().state == CaseState.IN_REVIEW
    assert cases.decide(measure=Measure.WARN, **words) is not None


def test_skills_asked_are_known_ones() -> None:
    assert set(Queue.objects.get(key="general").asks) == set(Skill.values)
    assert Severity.CRITICAL in Queue.objects.get(key="critical").rule
