"""Alerts against the catalogue and the catalogue against alerts: both ways find the same, twice changes nothing."""

from typing import Any

import pytest

from investigations.domain import recall_matching, recalls
from investigations.enums import MatchKind, MatchState
from investigations.models import RecallAlert, RecallMatch, RecallMatchMove
from listings.models import Listing
from tests.enforcement.ground import Ground
from tests.factories.cases import NOON
from tests.investigations import recalls as make

pytestmark = pytest.mark.django_db
GAME = "The Game That Connects"


@pytest.fixture
def ground() -> Ground:
    return Ground()


def changed(listing: Listing, change: int, **fields: Any) -> Listing:
    Listing.objects.filter(pk=listing.pk).update(change=change, **fields)
    return Listing.objects.get(pk=listing.pk)


def by_alert(ground: Ground) -> RecallAlert:
    alert = RecallAlert.objects.get()
    recall_matching.match_owed(NOON)
    return alert


def by_listing(ground: Ground) -> RecallAlert:
    alert = RecallAlert.objects.get()
    RecallAlert.objects.update(owed_at=None)
    recall_matching.match_changed(at=NOON)
    return alert


@pytest.mark.parametrize("way", [by_alert, by_listing])
@pytest.mark.parametrize(
    ("fields", "kind", "exact"),
    [
        ({"title": "Anything", "ean": "8710124155013"}, MatchKind.GTIN, True),
        ({"title": "Magnetix set 601 1004"}, MatchKind.MODEL, True),
        ({"title": "Magnet set 6011004", "brand": "MAGNETIX"}, MatchKind.MODEL, True),
        ({"title": "Magnets", "brand": "Magnetix", "attributes": {"model": "601.1004"}}, MatchKind.MODEL, True),
        ({"title": "Magnets", "brand": "Magnetix", "ean": "4006381333931"}, None, False),
        ({"title": "Box for Magnetix 601-1004"}, MatchKind.MODEL, False),
        ({"title": "Magnetix magnetic toy 601-2000"}, MatchKind.TEXT, False),
        ({"title": "Magnetix magnetic toy"}, MatchKind.TEXT, False),
        ({"title": "Magnet set 601-1004", "brand": "Geomag"}, None, False),
        ({"title": "Drill 12 V", "brand": "Bosch"}, None, False),
    ],
)
def test_what_is_alike_is_found_either_way(
    ground: Ground, way: Any, fields: dict[str, Any], kind: MatchKind | None, exact: bool
) -> None:
    listing = changed(ground.listing(**fields), 1)
    make.received()
    way(ground)
    found = [(match.listing_id, match.kind, match.is_exact) for match in RecallMatch.objects.all()]
    assert found == ([(listing.pk, kind, exact)] if kind else [])


def test_twice_changes_nothing_and_what_was_said_stays_said(ground: Ground) -> None:
    same, other = ground.listing("Magnetix 601-1004"), ground.listing("Magnetix magnetic toy")
    alert = make.alert()
    recall_matching.match_owed(NOON)
    no = RecallMatch.objects.get(listing=other)
    recalls.judge(matches=[no.pk], to=MatchState.REJECTED, actor=ground.mona, at=NOON)
    for _twice in range(2):
        RecallAlert.objects.update(owed_at=NOON)
        recall_matching.match_owed(NOON)
        recall_matching.match_changed(at=NOON)
    assert dict(RecallMatch.objects.values_list("listing", "state")) == {same.pk: "open", other.pk: "rejected"}
    assert alert.matches.count() == 2


def test_a_new_version_is_looked_at_again_and_the_old_look_is_gone(ground: Ground) -> None:
    listing = changed(ground.listing("Magnetix 601-1004"), 1)
    make.alert()
    recall_matching.match_owed(NOON)
    recall_matching.match_changed(at=NOON)
    changed(listing, 2, version=2)
    assert recall_matching.match_changed(at=NOON) == 1
    assert list(RecallMatch.objects.order_by("pk").values_list("listing_version", "state")) == [
        (1, "gone"),
        (2, "open"),
    ]
    changed(listing, 3, version=3, title="Wooden blocks")
    recall_matching.match_changed(at=NOON)
    assert not RecallMatch.objects.filter(state=MatchState.OPEN).exists()
    assert recall_matching.match_changed(at=NOON) == 0


def test_a_corrigendum_that_names_another_product_lets_go(ground: Ground) -> None:
    ground.listing("Magnetix 601-1004")
    make.alert()
    recall_matching.match_owed(NOON)
    make.received(make.read(model_names=["777-B"], barcodes=[], product="Ladder", name="Ladder"))
    recall_matching.match_owed(NOON)
    assert RecallMatch.objects.get().state == MatchState.GONE
    make.received()
    recall_matching.match_owed(NOON)
    assert RecallMatch.objects.get().state == MatchState.OPEN
    assert [move.to_state for move in RecallMatchMove.objects.order_by("pk")] == ["gone", "open"]


def test_without_alerts_the_mark_passes_the_whole_catalogue(ground: Ground) -> None:
    changed(ground.listing("Magnetix 601-1004"), 7)
    assert recall_matching.match_changed(at=NOON) == 0
    make.alert()
    RecallAlert.objects.update(owed_at=None)
    assert recall_matching.match_changed(at=NOON) == 0
    assert not RecallMatch.objects.exists()
