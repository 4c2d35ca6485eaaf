"""Canned reasons: who keeps them, their versions, what is offered where, and that uses are counted."""

from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from governance.accounts.models import User
from governance.web.refusals import MoveRefused, Refusal
from investigations.domain import canned
from investigations.domain.canned import UnknownField
from investigations.enums import ReasonFor, Verdict
from investigations.models import CannedReason, CannedText, CannedUse, Case
from investigations.queries import canned as queries
from tests.factories import cases as make
from tests.investigations.views.desk import address, entered

pytestmark = pytest.mark.django_db


def kept(actor: User, name: str = "Loose magnets", **changes: Any) -> CannedReason:
    values = {
        "policy": None,
        "purpose": ReasonFor.VIOLATES,
        "texts": {"en": "{merchant} offers loose magnets ({legal_basis})", "de": "{merchant} bietet lose Magnete an"},
        "at": timezone.now(),
    }
    return canned.create(name=name, actor=actor, **(values | changes))


def offered(client: Client, case: Case, query: str = "") -> str:
    return client.get(address("case-reasons", case.pk) + query).content.decode()


@pytest.mark.parametrize("who", ["mara", "tess"])
def test_managers_and_team_leads_write_them(who: str, client: Client, mara: User, tess: User) -> None:
    client.force_login({"mara": mara, "tess": tess}[who])
    assert 'class="empty' in client.get(address("reasons")).content.decode()
    given = {
        "name": "Shown in use",
        "purpose": "violates",
        "text_en": "The photos show it as a toy",
        "text_de": "Fotos",
    }
    made = client.post(address("reason-new"), given)
    reason = CannedReason.objects.get()
    assert made["Location"] == address("reason", reason.pk)
    assert "Shown in use" in client.get(address("reasons")).content.decode()


@pytest.mark.parametrize("name", ["reasons", "reason-new"])
def test_others_do_not(name: str, client: Client, kim: User, mara: User) -> None:
    reason = kept(mara)
    client.force_login(kim)
    assert client.get(address(name)).status_code == 403
    assert client.post(address("reason", reason.pk)).status_code == 403
    assert client.post(address("reason-retire", reason.pk)).status_code == 403


def test_a_text_is_written_anew_and_the_old_one_stays(client: Client, mara: User) -> None:
    reason = kept(mara)
    client.force_login(mara)
    given = {"text_en": "They are loose", "text_de": "{merchant} bietet lose Magnete an"}
    text = client.post(address("reason", reason.pk), given, follow=True).content.decode()
    assert "They are loose" in text
    assert "offers loose magnets" in text
    versions = list(CannedText.objects.order_by("pk").values_list("language", "version"))
    assert versions == [("de", 1), ("en", 1), ("en", 2)]
    assert "Nothing was changed" in client.post(address("reason", reason.pk), given, follow=True).content.decode()
    with pytest.raises(IntegrityError), transaction.atomic():
        CannedText.objects.update(text="changed")


def test_english_is_there_names_are_unique_and_fields_known(client: Client, mara: User) -> None:
    with pytest.raises(Refusal, match="English first"):
        kept(mara, texts={"de": "Lose"})
    with pytest.raises(Refusal, match="Give it a name"):
        kept(mara, name=" ")
    with pytest.raises(UnknownField, match="buyer"):
        kept(mara, texts={"en": "Dear {buyer}"})
    kept(mara)
    with pytest.raises(Refusal, match="of this name already"):
        kept(mara)
    client.force_login(mara)
    response = client.post(address("reason-new"), {"name": "x", "purpose": "fine", "text_en": "Dear {buyer}"})
    assert response.status_code == 422
    assert "Dear {buyer}" in response.content.decode()


def test_what_is_retired_is_offered_no_more(client: Client, kim: User, mara: User, case: Case) -> None:
    reason = kept(mara)
    client.force_login(mara)
    client.post(address("reason-retire", reason.pk))
    client.force_login(kim)
    assert "Nobody has written" in offered(client, case)
    with pytest.raises(MoveRefused, match="is retired"):
        canned.write(reason=reason, texts={"en": "x"}, actor=mara, at=timezone.now())


def test_those_of_the_policy_and_the_general_ones_are_offered_filled(
    client: Client, kim: User, mara: User, case: Case
) -> None:
    kept(mara)
    kept(mara, "Ours", policy=case.policy, texts={"en": "{policy}: {listings} in {markets}, {case}"})
    kept(mara, "Another's", policy=make.policy("cords"), texts={"en": "cords"})
    kept(mara, "Fine", purpose=ReasonFor.FINE, texts={"en": "welded in"})
    client.force_login(kim)
    text = offered(client, case)
    assert "Nordlicht offers loose magnets (EN 71-1, 4.23)" in text
    assert f"Strong loose magnets in toys: 3 in Germany, France, {case}" in text
    assert "Another" not in text
    assert "welded in" not in text
    assert "welded in" in offered(client, case, "?for=fine")


def test_the_merchants_language_is_offered_and_english_where_it_is_missing(
    client: Client, kim: User, mara: User, case: Case
) -> None:
    kept(mara)
    kept(mara, "Other", texts={"en": "only English"})
    case.merchant.language = "de"
    case.merchant.save()
    client.force_login(kim)
    text = offered(client, case, "?language=merchant")
    assert "bietet lose Magnete an" in text
    assert "only English" in text
    assert "In your language" in text


def test_uses_are_counted_with_the_decision(client: Client, mara: User, held: Case) -> None:
    text = kept(mara).texts.get(language="en")
    given = entered(held, Verdict.VIOLATES, Verdict.VIOLATES, Verdict.FINE) | {"canned": [text.pk, "nonsense", 999999]}
    client.post(address("case-decide", held.pk), given)
    assert list(CannedUse.objects.values_list("text", "used_for")) == [(text.pk, str(held))]
    assert queries.kept().get().uses == 1  # type: ignore[attr-defined]


def test_moderators_only_are_offered_reasons(client: Client, mara: User, case: Case) -> None:
    client.force_login(mara)
    assert client.get(address("case-reasons", case.pk)).status_code == 403


def test_the_list_costs_the_same_at_one_and_at_three(client: Client, mara: User) -> None:
    kept(mara, policy=make.policy("magnets"))
    client.force_login(mara)
    client.get(address("reasons"))
    with CaptureQueriesContext(connection) as one:
        client.get(address("reasons"))
    kept(mara, "Two", policy=make.policy("cords"))
    kept(mara, "Three")
    with CaptureQueriesContext(connection) as three:
        client.get(address("reasons"))
    assert len(three) == len(one)
