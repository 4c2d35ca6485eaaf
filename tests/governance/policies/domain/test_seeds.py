import datetime as dt
from collections import Counter

import pytest

from governance.accounts.models import User
from governance.audit.models import Entry
from governance.policies.domain import seeds
from governance.policies.domain.versions import FourEyes
from governance.policies.enums import Measure, Mode, Severity, Subject
from governance.policies.language.vocabulary import GROUPS
from governance.policies.models import Policy, PolicyText, PolicyVersion, TermList, TermListVersion
from listings.domain import reference
from listings.management.demo.sources import read
from tests.factories import cases
from tests.governance.policies.seeded import environment

NOON = dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC)
SEEDS = seeds.seed_policies()
OF_CONSEQUENCE = {Measure.REMOVE, Measure.SUSPEND_LISTING_RIGHTS}


def test_there_are_enough_of_them_in_enough_families() -> None:
    assert len(SEEDS) == 87
    assert len({seed.family for seed in SEEDS}) == 19
    assert Counter(seed.subject for seed in SEEDS)[Subject.MERCHANTS] == 4
    assert {seed.terms.severity for seed in SEEDS} == set(Severity)
    assert {seed.mode for seed in SEEDS} == {Mode.SHADOW, Mode.REVIEW, Mode.ENFORCE}


@pytest.mark.parametrize("seed", SEEDS, ids=lambda seed: seed.slug)
def test_a_policy_is_complete_in_three_languages(seed: seeds.SeedPolicy) -> None:
    assert list(seed.terms.texts) == ["en", "de", "fr"]
    for words in seed.terms.texts.values():
        assert all((words.title, words.summary, words.guidance, words.statement, words.correction))
        assert len(words.title) <= 200
        assert words.guidance.count("\n") == 2
        assert len(words.correction.splitlines()) <= 4
    english = seed.terms.texts["en"]
    assert all(words.summary != english.summary for words in list(seed.terms.texts.values())[1:])


@pytest.mark.parametrize("seed", SEEDS, ids=lambda seed: seed.slug)
def test_a_policy_names_only_what_exists(seed: seeds.SeedPolicy) -> None:
    categories, markets = read("categories.toml"), read("markets.toml")["markets"]
    assert set(seed.terms.categories) - categories.keys() == set()
    assert set(seed.jurisdictions) - {seeds.EVERYWHERE} - markets.keys() == set()
    assert seed.jurisdictions
    assert len(seed.slug) <= 80
    assert len(seed.terms.legal_basis) <= 400
    assert len(seed.terms.evidence) <= 60
    assert seed.terms.default_measure in seed.terms.measures


@pytest.mark.parametrize("seed", SEEDS, ids=lambda seed: seed.slug)
def test_what_was_not_read_again_waits_for_counsel_and_for_a_person(seed: seeds.SeedPolicy) -> None:
    unread = seed.terms.evidence.startswith("not re-read")
    assert seed.terms.confirm_with_counsel == unread
    if unread:
        assert seed.mode in (Mode.REVIEW, Mode.SHADOW)


@pytest.mark.parametrize("seed", SEEDS, ids=lambda seed: seed.slug)
def test_a_measure_that_can_be_cured_leaves_time_and_one_of_age_names_it(seed: seeds.SeedPolicy) -> None:
    terms = seed.terms
    assert (Measure.AGE_GATE in terms.measures) == (terms.minimum_age is not None)
    if terms.default_measure == Measure.REQUEST_CORRECTION:
        assert terms.cure_days > 0
    if terms.severity == Severity.MINOR:
        assert terms.default_measure not in OF_CONSEQUENCE


def test_every_rule_compiles_and_every_list_is_used() -> None:
    world = environment()
    used: set[str] = set()
    for seed in SEEDS:
        rule = world.compile(seed.terms.rule, about=seed.subject)
        assert rule.about == seed.subject
        used |= set(rule.term_lists)
    assert used == {seed.key for seed in seeds.seed_term_lists()}


@pytest.mark.parametrize("seed", seeds.seed_term_lists(), ids=lambda seed: seed.key)
def test_a_term_list_speaks_many_languages_and_says_nothing_twice(seed: seeds.SeedTermList) -> None:
    assert set(seed.names) == {"en", "de", "fr"}
    for part in (seed.content.terms, seed.content.exceptions, seed.content.context):
        for terms in part.values():
            assert len(set(terms)) == len(terms)
            assert all(term.strip() == term and term for term in terms)
    enough = 2 if seed.key in ("saudi_prohibited", "tpo_photoinitiator") else 6
    assert len(seed.content.terms) >= enough


def test_every_exception_holds_back_a_term() -> None:
    """An exception that contains no term of its list would never do anything."""
    from_terms = environment().matcher
    idle = []
    for seed in seeds.seed_term_lists():
        spec = from_terms.specs[seed.key]
        bare = type(from_terms)([type(spec)(**{**vars(spec), "exceptions": {}, "context": {}})])
        idle += [
            (seed.key, phrase)
            for phrases in seed.content.exceptions.values()
            for phrase in phrases
            if not bare.mentioned(phrase, phrase)
        ]
    assert idle == []


def test_groups_of_markets_are_the_same_for_rules_and_for_data() -> None:
    groups = read("markets.toml")["groups"]
    assert {name: tuple(codes) for name, codes in groups.items() if name in GROUPS} == dict(GROUPS)


@pytest.fixture
def people() -> tuple[User, User]:
    reference.load_markets(actor=None, at=NOON)
    reference.load_categories(actor=None, at=NOON)
    reference.load_attributes(actor=None, at=NOON)
    return cases.person("gesa"), cases.person("leo")


@pytest.mark.django_db
def test_seeds_go_through_draft_approval_and_mode(people: tuple[User, User]) -> None:
    gesa, leo = people
    loaded = seeds.load_seed_policies(actor=gesa, approver=leo, at=NOON)
    assert (len(loaded.created), len(loaded.kept), len(loaded.term_lists)) == (87, 0, 31)
    magnets = Policy.objects.select_related("live").get(slug="toys-strong-magnets")
    assert magnets.live is not None
    assert (magnets.family, magnets.mode, magnets.live.state) == ("toys", Mode.ENFORCE, "live")
    assert (magnets.live.author, magnets.live.approvals.get().person) == (gesa, leo)
    assert magnets.live.jurisdictions == sorted([*GROUPS["EU_EEA"], "GB", "CH"])
    assert PolicyText.objects.count() == 3 * 87
    assert Entry.objects.filter(verb="policy.approved").count() == 87


@pytest.mark.django_db
def test_everywhere_is_every_market(people: tuple[User, User]) -> None:
    seeds.load_seed_policies(actor=people[0], approver=people[1], at=NOON)
    live = PolicyVersion.objects.get(policy__slug="off-platform-contact")
    assert live.jurisdictions == sorted(read("markets.toml")["markets"])
    snus = PolicyVersion.objects.get(policy__slug="oral-tobacco")
    assert {"SE", "NO"} & set(snus.jurisdictions) == set()


@pytest.mark.django_db
def test_what_is_there_stays_as_people_made_it(people: tuple[User, User]) -> None:
    seeds.load_seed_policies(actor=people[0], approver=people[1], at=NOON)
    Policy.objects.filter(slug="toys-strong-magnets").update(mode=Mode.OFF)
    again = seeds.load_seed_policies(actor=people[0], approver=people[1], at=NOON)
    assert (again.created, len(again.kept), again.term_lists) == ((), 87, ())
    assert Policy.objects.get(slug="toys-strong-magnets").mode == Mode.OFF
    assert (TermList.objects.count(), TermListVersion.objects.count()) == (31, 31)


@pytest.mark.django_db
def test_nobody_approves_their_own(people: tuple[User, User]) -> None:
    with pytest.raises(FourEyes):
        seeds.load_seed_policies(actor=people[0], approver=people[0], at=NOON)
    assert not Policy.objects.exists()
