"""The statement of reasons: what the law asks for is in it, in the merchant's language, as plain text and safe HTML."""

import re
from html.parser import HTMLParser

import pytest
from django.db import IntegrityError

from enforcement.domain import statements, taking_effect
from enforcement.domain.timing import AS_USUAL, Timing
from enforcement.enums import DecisionState, Origin, WithoutNotice
from enforcement.language import words as language
from enforcement.models import Message, Statement
from governance.accounts.enums import Role
from governance.policies.enums import Ground as LegalGround
from governance.policies.enums import Measure
from governance.policies.models import PolicyText, PolicyVersion
from tests.enforcement.ground import Ground
from tests.factories.cases import NOON

pytestmark = pytest.mark.django_db
EXPLANATION = {
    "form": 1,
    "held": True,
    "tree": {
        "op": "all",
        "held": True,
        "children": [
            {
                "op": "condition",
                "held": True,
                "code": "mentions",
                "left": {"fact": "listing.text"},
                "right": {"value": "magnets", "names": {"en": "loose magnets", "de": "lose Magnete"}},
                "words": ["Magnetkugeln"],
            },
            {
                "op": "any",
                "held": True,
                "children": [
                    {"op": "condition", "held": False, "code": "absent", "left": {"attr": "age_from"}},
                    {
                        "op": "condition",
                        "held": True,
                        "code": "ge",
                        "left": {"attr": "flux_index"},
                        "right": {"value": 50},
                        "values": [{"attr": "flux_index", "seen": 118.4}],
                    },
                ],
            },
        ],
    },
    "matches": [{"zone": "title", "key": "", "start": 0, "end": 12, "text": "Magnetkugeln", "list": "magnets"}],
}


def written(ground: Ground, tag: str, measure: Measure = Measure.REMOVE, **more: object) -> Statement:
    ground.merchant.language = tag
    ground.merchant.save()
    found = ground.violation(ground.listing("Magnetkugeln", markets=("DE", "FR")), explanation=EXPLANATION)
    decision = ground.issue([found], measure, **more)  # type: ignore[arg-type]
    if decision.state == DecisionState.HELD:
        decision = taking_effect.approve(
            decision=decision, actor=ground.person("second", Role.SENIOR_REVIEWER), at=NOON
        )
    return decision.statement


# --- Art. 17(3), letter by letter ------------------------------------------------------------------


@pytest.mark.parametrize("tag", language.languages())
def test_it_says_all_that_the_law_asks_for(ground: Ground, tag: str) -> None:
    statement, words = written(ground, tag), language.words(tag)
    text, content = statement.text, statement.content
    # (a) the restriction, its territory and duration
    assert words("what.remove", n=1, age=None, date="") in text
    assert content["pairs"]["where"].count(words("where.also_later")) == 1
    assert words("until.corrected") in text
    # (b) the facts, and that nobody reported them
    assert words("found.automated") in text
    assert "Magnetkugeln" in text
    assert "118" in " ".join(content["facts"][0]["seen"])
    # (c) automated means in the decision
    assert words("decided_by.person") in text
    # (d), (e) the ground, and why
    assert words("ground.legal", reference="EN 71-1, 4.23") in text
    assert "Strong loose magnets may not be sold as toys." in text
    assert words("ground.facts") in text
    # (f) redress: to us, out of court, in court
    for key in ("redress.outcome", "redress.body", "redress.court"):
        assert words(key) in text, key
    assert words.day(NOON.replace(year=2027, month=5)) in content["redress"][0]
    # P2B: how to put it right
    assert "Take the magnets out." in text
    assert statement.decision.reference in text


@pytest.mark.parametrize("tag", language.languages())
def test_no_sentence_of_the_template_is_left_with_a_gap(ground: Ground, tag: str) -> None:
    text = written(ground, tag).text
    assert re.findall(r"\{[a-z_]*\}|None|  ", text) == []


@pytest.mark.parametrize("measure", Measure)
@pytest.mark.parametrize("tag", language.languages())
def test_every_measure_has_its_words(ground: Ground, measure: Measure, tag: str) -> None:
    markets = ["FR"] if measure == Measure.RESTRICT_MARKETS else []
    asked = Timing(without_notice=WithoutNotice.LAW) if measure == Measure.TERMINATE else AS_USUAL
    statement = written(ground, tag, measure, markets=markets, asked=asked)
    words = language.words(tag)
    until = words.day(statement.decision.correct_by) if statement.decision.correct_by else ""
    assert statement.content["title"] == words(f"title.{measure}", n=1, age=16, date=until)


@pytest.mark.parametrize("measure", [Measure.WARN, Measure.REQUEST_CORRECTION, Measure.SUSPEND_LISTING_RIGHTS])
@pytest.mark.parametrize("tag", language.languages())
def test_a_decision_about_the_merchant_speaks_of_the_account(ground: Ground, measure: Measure, tag: str) -> None:
    ground.merchant.language = tag
    ground.merchant.save()
    policy = ground.another_policy("trader-file", about_merchants=True)
    decision = ground.issue([ground.merchant_violation(policy)], measure, version=policy.live)
    assert decision.statement.content["facts"][0]["listing"] == ""
    assert language.words(tag)("heading.facts") in decision.statement.text


def test_automation_is_said(ground: Ground) -> None:
    assert "Automated means, without a person." in written(ground, "en", actor=None, origin_kind=Origin.SWEEP).text


def test_a_contractual_ground_is_not_called_illegal(ground: Ground) -> None:
    PolicyVersion.objects.filter(pk=ground.version.pk).update(state="draft")
    PolicyVersion.objects.filter(pk=ground.version.pk).update(ground=LegalGround.TERMS)
    PolicyVersion.objects.filter(pk=ground.version.pk).update(state="live")
    ground.policy.live = PolicyVersion.objects.select_related("policy").get(pk=ground.version.pk)
    text = written(ground, "en").text
    assert "incompatible with our terms" in text
    assert "illegal" not in text


def test_the_conditions_that_did_not_hold_are_left_out(ground: Ground) -> None:
    seen = written(ground, "en").content["facts"][0]["seen"]
    assert seen == ["text mentions a term of “loose magnets”: “Magnetkugeln”", "flux index is 50 or more: 118.4"]


def test_nobody_who_reported_or_decided_is_named(ground: Ground) -> None:
    statement = written(ground, "en")
    for secret in ("Mona", "As the guidance says.", "case:"):
        assert secret not in statement.text
        assert secret not in str(statement.content)


# --- languages -----------------------------------------------------------------------------------


def test_the_policy_s_own_words_are_used_where_they_exist(ground: Ground) -> None:
    PolicyVersion.objects.filter(pk=ground.version.pk).update(state="draft")
    PolicyText.objects.create(
        version=ground.version,
        language="de",
        title="Magnete",
        summary="Kein Spielzeug mit Magneten.",
        statement="Starke Magnete sind in Spielzeug verboten.",
        correction="Nehmen Sie die Magnete heraus.",
    )
    PolicyVersion.objects.filter(pk=ground.version.pk).update(state="live")
    statement = written(ground, "de")
    assert (statement.language, statement.policy_language) == ("de", "de")
    assert "Starke Magnete sind in Spielzeug verboten." in statement.text
    assert statement.content["ground"]["note"] == ""


def test_where_the_policy_has_no_words_the_letter_says_so_in_the_reader_s_language(ground: Ground) -> None:
    statement = written(ground, "pl")
    assert (statement.language, statement.asked_language, statement.policy_language) == ("pl", "pl", "en")
    assert statement.content["ground"]["note"] == language.words("pl")("note.policy_language")


def test_a_language_without_words_gets_english_and_is_told(ground: Ground) -> None:
    statement = written(ground, "hu")
    assert (statement.language, statement.asked_language) == ("en", "hu")
    assert "We do not write letters in Hungarian so far" in statement.text


def test_the_reader_s_language_does_not_leak_into_the_caller_s(ground: Ground) -> None:
    written(ground, "ar")
    assert statements.words_for("en")("label.what") == "What"
    assert written(ground, "en").content["title"] == "One of your listings was removed from sale"


# --- form ----------------------------------------------------------------------------------------


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: set[str] = set()

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.found.add(tag)


@pytest.mark.parametrize(
    "nasty", ["<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "</p><h1>Pay here</h1>"]
)
def test_what_a_merchant_writes_is_text_in_the_mail(ground: Ground, nasty: str) -> None:
    ground.merchant.name = nasty
    ground.merchant.save()
    ground.issue([ground.violation(ground.listing(nasty))], Measure.REMOVE)
    mail = Message.objects.get()
    tags = Tags()
    tags.feed(mail.html)
    assert tags.found == {"html", "head", "meta", "title", "body", "p", "h2", "ul", "li", "br", "a"}
    assert nasty in mail.text


def test_a_title_cannot_add_a_header(ground: Ground) -> None:
    ground.merchant.name = "Acme\r\nBcc: all@example.org"
    ground.merchant.save()
    ground.issue([ground.violation(ground.listing("Ball\nSubject: x"))], Measure.REMOVE)
    assert "\n" not in Message.objects.get().subject


def test_the_mail_is_laid_out_for_its_reader(ground: Ground) -> None:
    written(ground, "ar")
    assert '<html lang="ar" dir="rtl">' in Message.objects.get().html


def test_a_statement_is_never_edited(ground: Ground) -> None:
    statement = written(ground, "en")
    statement.text = "something else"
    with pytest.raises(IntegrityError):
        statement.save()
