from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from governance.audit.models import Entry
from listings.domain import merchants
from listings.domain.merchants import IdentityDraft, MerchantDraft
from listings.models import Merchant, TraderIdentity

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
LATER = datetime(2026, 11, 24, 12, tzinfo=UTC)

SERENA = MerchantDraft(
    external_id="cs",
    name="Casa Serena",
    country="IT",
    language="it",
    identity=IdentityDraft(legal_name="Casa Serena S.r.l.", vat_id="IT123", self_certified=True),
)


def test_a_merchant_comes_with_its_identity_and_a_random_public_key() -> None:
    written = merchants.write(drafts=[SERENA, replace(SERENA, external_id="b", identity=None)], at=NOON)
    assert (written.created, written.changed) == ({"cs", "b"}, frozenset())
    serena, other = Merchant.objects.order_by("-external_id")
    assert len(serena.public_id) == 12
    assert serena.public_id != other.public_id
    assert TraderIdentity.objects.values_list("merchant", "legal_name", "self_certified").get() == (
        serena.pk,
        "Casa Serena S.r.l.",
        True,
    )


def test_the_same_again_changes_nothing() -> None:
    merchants.write(drafts=[SERENA], at=NOON)
    public_id = Merchant.objects.get().public_id
    again = merchants.write(drafts=[SERENA], at=LATER)
    assert (again.created, again.changed) == (frozenset(), frozenset())
    assert Merchant.objects.values_list("public_id", "changed_at").get() == (public_id, NOON)


@pytest.mark.parametrize(
    "changed",
    [
        replace(SERENA, name="Casa Serena Nuova"),
        replace(SERENA, identity=IdentityDraft(legal_name="Other", verified_on=date(2026, 1, 1))),
    ],
)
def test_a_difference_in_either_part_changes_the_merchant(changed: MerchantDraft) -> None:
    merchants.write(drafts=[SERENA], at=NOON)
    assert merchants.write(drafts=[changed], at=LATER).changed == {"cs"}
    assert Merchant.objects.get().changed_at == LATER


def test_without_an_identity_the_stored_one_stays() -> None:
    merchants.write(drafts=[SERENA], at=NOON)
    merchants.write(drafts=[replace(SERENA, identity=None)], at=LATER)
    assert TraderIdentity.objects.get().vat_id == "IT123"


def test_create_missing_leaves_the_known_as_they_are() -> None:
    merchants.write(drafts=[SERENA], at=NOON)
    ids = merchants.create_missing(
        drafts=[replace(SERENA, name="cs"), MerchantDraft(external_id="new", name="new", country="FR")], at=LATER
    )
    assert ids == dict(Merchant.objects.values_list("external_id", "id"))
    assert dict(Merchant.objects.values_list("external_id", "name")) == {"cs": "Casa Serena", "new": "new"}


def test_put_is_logged_when_it_changes_something() -> None:
    merchants.put(draft=SERENA, actor=None, at=NOON)
    merchants.put(draft=SERENA, actor=None, at=NOON)
    merchant, _written = merchants.put(draft=replace(SERENA, name="x"), actor=None, at=LATER)
    assert list(Entry.objects.order_by("id").values_list("verb", "subject_ref")) == [
        ("merchant.create", merchant.public_id),
        ("merchant.change", merchant.public_id),
    ]
