"""Who works here and how: skills, absences, queues of one's own, canned reasons in several languages, what people are spared."""

import datetime as dt

from governance.cli.world.days import OPENED, World
from governance.policies.enums import Severity
from investigations.domain import canned, queues, sampling, team, wellbeing
from investigations.domain.queues import Terms
from investigations.domain.team import Limits
from investigations.enums import ReasonFor
from investigations.models import Skills

HARD = ("protected-furs", "live-animals", "protected-species", "injectables-to-consumers")
SKILLS = {
    "moderator": Limits(cases_a_day=60),
    "colleague": Limits(languages=("en", "de", "fr", "nl", "it", "es"), cases_a_day=60),
    "arabic": Limits(languages=("en", "ar", "tr", "fr"), cases_a_day=50),
    "newcomer": Limits(languages=("en", "de", "pl"), highest=Severity.SERIOUS, cases_a_day=25),
}
QUEUES = (
    Terms(
        names={"en": "Large sellers", "de": "Große Händler", "fr": "Grands vendeurs", "ar": "كبار البائعين"},
        rule="case.orders30d > 60",
        decide_within_hours=24,
    ),
    Terms(
        names={
            "en": "Arabic and Turkish",
            "de": "Arabisch und Türkisch",
            "fr": "Arabe et turc",
            "ar": "العربية والتركية",
        },
        rule='"ar" in case.languages || "tr" in case.languages',
        decide_within_hours=48,
        hidden_measures=("suspend", "terminate"),
    ),
)
ORDER = ("critical", "large_sellers", "arabic_and_turkish", "restricted", "product_safety", "consumer_information")
REASONS: tuple[tuple[str, str, ReasonFor, dict[str, str]], ...] = (
    (
        "Says so itself", "", ReasonFor.VIOLATES,
        {
            "en": "The listing itself says what {policy} does not permit: {listings}.",
            "de": "Das Angebot sagt selbst, was „{policy}“ nicht zulässt: {listings}.",
            "fr": "L’annonce indique elle-même ce que « {policy} » ne permet pas : {listings}.",
            "pl": "Oferta sama podaje to, czego „{policy}” nie dopuszcza: {listings}.",
            "ar": "يذكر العرض نفسه ما لا تسمح به سياسة «{policy}»: {listings}.",
        },
    ),
    (
        "Magnets without an index", "toys-strong-magnets", ReasonFor.VIOLATES,
        {
            "en": "Loose strong magnets are offered as a toy and no flux index is given ({legal_basis}).",
            "de": "Lose starke Magnete werden als Spielzeug angeboten, ein Flussindex fehlt ({legal_basis}).",
            "fr": "Des aimants puissants détachés sont vendus comme jouet, sans indice de flux ({legal_basis}).",
        },
    ),
    (
        "No responsible person", "product-responsible-person", ReasonFor.VIOLATES,
        {
            "en": "{merchant} offers in {markets} and names nobody in the Union who answers for the product.",
            "de": "{merchant} bietet in {markets} an und nennt niemanden in der Union, der für das Produkt einsteht.",
            "tr": "{merchant}, {markets} pazarlarında satış yapıyor ancak Birlik içinde sorumlu kişi belirtmiyor.",
        },
    ),
    (
        "Permitted as described", "", ReasonFor.FINE,
        {
            "en": "What is described is permitted: {policy} does not cover it.",
            "de": "Das Beschriebene ist erlaubt: „{policy}“ betrifft es nicht.",
            "fr": "Ce qui est décrit est permis : « {policy} » ne le vise pas.",
            "ar": "الوصف مسموح به ولا تنطبق عليه سياسة «{policy}».",
        },
    ),
    (
        "Papers were enough", "", ReasonFor.ANSWER,
        {
            "en": "The papers that you sent belong to this product and are valid. The decision is taken back.",
            "de": "Die eingereichten Unterlagen gehören zu diesem Produkt und sind gültig. Die Entscheidung wird aufgehoben.",
            "pl": "Przesłane dokumenty dotyczą tego produktu i są ważne. Decyzja zostaje uchylona.",
        },
    ),
)  # fmt: skip


def is_there() -> bool:
    return Skills.objects.exists()


def make(world: World) -> None:
    lead, at = world.person("lead"), world.now - OPENED + dt.timedelta(days=2)
    for terms in QUEUES:
        queues.add(terms=terms, actor=lead, at=at)
    queues.order(keys=ORDER, actor=lead, at=at)
    for username, limits in SKILLS.items():
        team.set_skills(person=world.person(username), limits=limits, actor=lead, at=at)
    sampling.set_plan(random_percent=25, risk_percent=8, automation_per_day=12, golden_per_hundred=4, actor=lead, at=at)
    wellbeing.set_rules(
        hard_a_day=20,
        break_after=90,
        break_lasts=15,
        hard_policies=[world.policies[slug].pk for slug in HARD],
        actor=lead,
        at=at,
    )
    for name, slug, purpose, texts in REASONS:
        canned.create(name=name, policy=world.policies.get(slug), purpose=purpose, texts=texts, actor=lead, at=at)
    today = world.now.date()
    for username, first, last in (("colleague", 4, 11), ("newcomer", 9, 9)):
        team.enter_absence(
            person=world.person(username),
            starts_on=today + dt.timedelta(days=first),
            ends_on=today + dt.timedelta(days=last),
            actor=lead,
            at=world.ago(3),
        )
