"""A statement as PDF: all that it says, as it was stored, the same file every time; beside the mail once."""

from datetime import timedelta

import pytest
from django.conf import LazySettings
from django.core import mail

from enforcement.domain import decisions, messages, papers
from enforcement.enums import MessageState
from enforcement.language import words as language
from enforcement.models import Decision, Message, Statement
from governance.policies.enums import Measure
from listings.models import Merchant
from tests.enforcement.domain.test_statements import EXPLANATION
from tests.enforcement.ground import Ground
from tests.factories.cases import NOON
from tests.fixtures.paper import places, sheets

pytestmark = pytest.mark.django_db
NASTY = "<b>Ball</b> & <script>alert(1)</script> (x) \\"
TITLES = (("Magnetwürfel 216", "de"), ("קוביות 216 כדורים", "he"), ("Μαγνητικές σφαίρες", "el"))


def decided(ground: Ground, tag: str = "en", *titles: tuple[str, str]) -> Decision:
    ground.merchant.language = tag
    ground.merchant.save()
    listings = [ground.listing(title, language=of, markets=("DE", "FR")) for title, of in titles or TITLES]
    found = [ground.violation(listing, explanation=EXPLANATION) for listing in listings]
    return ground.issue(found, Measure.REMOVE)


def text_of(statement: Statement) -> str:
    """Without what stands at the foot of each sheet."""
    return " ".join(line for sheet in sheets(papers.pdf([statement])) for line in sheet[:-1])


@pytest.mark.parametrize("tag", [tag for tag in language.languages() if tag != "ar"])
def test_it_says_all_that_the_statement_says(ground: Ground, tag: str) -> None:
    statement = decided(ground, tag, ("Magnetwürfel 216", "de"), ("Μαγνητικές σφαίρες", "el")).statement
    content, text = statement.content, text_of(statement).replace(" ", "")
    said = [
        content["title"],
        content["about"],
        *content["intro"],
        *(line for fact in content["facts"] for line in (fact["title"], fact["price"], fact["number"], *fact["seen"])),
        content["ground"]["reference"],
        content["ground"]["text"],
        *content["correction"]["steps"],
        *content["redress"],
        *content["points"],
    ]
    for sentence in said:
        assert "".join(sentence.split()) in "".join(text.split()), sentence
    for value in content["pairs"].values():  # beside names that may have two lines, too
        assert all(word in text for word in value.split()), value


def test_an_arabic_letter_runs_from_the_right(ground: Ground) -> None:
    statement = decided(ground, "ar").statement
    first, *_more = places(papers.pdf([statement]))
    texts = {text: x for x, text in first}
    assert texts["קוביות 216 כדורים"[::-1].replace("612", "216")] > 300
    assert b"/Lang (ar)" in papers.pdf([statement])


def test_a_hebrew_title_in_a_german_letter_stands_where_its_lines_begin(ground: Ground) -> None:
    statement = decided(ground, "de").statement
    texts = {text: x for x, text in places(papers.pdf([statement]))[0]}
    assert texts["קוביות 216 כדורים"[::-1].replace("612", "216")] < 70


def test_the_same_statement_is_the_same_file_whatever_has_changed_since(ground: Ground) -> None:
    statement = decided(ground).statement
    before = papers.pdf([statement])
    Merchant.objects.update(name="Another name")
    again = papers.pdf([Statement.objects.get(pk=statement.pk)])
    assert again == before
    assert f"/CreationDate (D:{NOON:%Y%m%d%H%M%S}Z".encode() in before


def test_markup_is_text(ground: Ground) -> None:
    ground.merchant.name = NASTY
    ground.merchant.save()
    text = text_of(decided(ground, "en", (NASTY, "en")).statement)
    assert text.count(NASTY) == 2


def test_many_listings_go_on_over_the_sheets(ground: Ground) -> None:
    decision = decided(ground, "en", *((f"Ball {n}", "en") for n in range(60)))
    found = sheets(papers.pdf([decision.statement]))
    assert len(found) > 4
    assert [sheet[-1] for sheet in found] == [
        f"{decision.reference}{page} / {len(found)}" for page in range(1, len(found) + 1)
    ]
    everything = [line for sheet in found for line in sheet]
    assert all(f"Ball {n}" in everything for n in range(60))


def test_a_statement_from_before_its_labels_were_kept_is_set_all_the_same(ground: Ground) -> None:
    statement = decided(ground).statement
    for key in ("labels", "about", "author"):
        del statement.content[key]
    assert "How to correct it" in text_of(statement)


# --- beside the mail -------------------------------------------------------------------------------


def test_the_mail_has_it_once_and_it_is_what_can_be_downloaded(ground: Ground) -> None:
    decision = decided(ground)
    assert messages.deliver(message_id=Message.objects.get().pk, at=NOON + timedelta(minutes=1)) is True
    ((name, content, kind),) = mail.outbox[0].attachments
    assert (name, kind) == (f"{decision.reference}.pdf", "application/pdf")
    assert content == papers.pdf([decision.statement])


def test_without_its_faces_the_letter_goes_out_without_it(ground: Ground, settings: LazySettings) -> None:
    settings.PDF_FONTS = ("/nowhere/a.ttf", "/nowhere/b.ttf")
    decision = decided(ground)
    assert messages.deliver(message_id=Message.objects.get().pk, at=NOON + timedelta(minutes=1)) is True
    assert mail.outbox[0].attachments == []
    with pytest.raises(papers.FontsMissing, match="a font file is missing"):
        papers.pdf([decision.statement])


def test_a_setting_that_is_wrong_does_not_hold_up_the_letter(ground: Ground, settings: LazySettings) -> None:
    settings.PDF_FONTS = settings.PDF_FONTS[:1]
    decided(ground)
    assert messages.deliver(message_id=Message.objects.get().pk, at=NOON + timedelta(minutes=1)) is True
    assert mail.outbox[0].attachments == []
    assert Message.objects.get().state == MessageState.SENT


def test_the_letter_goes_out_alone_where_that_is_asked(ground: Ground) -> None:
    decided(ground)
    at = NOON + timedelta(minutes=1)
    assert messages.deliver(message_id=Message.objects.get().pk, at=at, with_paper=False) is True
    assert mail.outbox[0].attachments == []


def test_other_mails_have_none(ground: Ground) -> None:
    decision = decided(ground)
    messages.deliver(message_id=Message.objects.get().pk, at=NOON + timedelta(minutes=1))
    decisions.reverse(decision=decision, actor=ground.sela, reason="A mistake.", at=NOON + timedelta(hours=1))
    restored = Message.objects.exclude(subject_key__startswith="statement").get()
    messages.deliver(message_id=restored.pk, at=NOON + timedelta(hours=2))
    assert mail.outbox[1].attachments == []
