"""Alerts of product safety: one matched, confirmed and acted upon, its buyers handed over; one that waits to be looked at."""

import datetime as dt
import json

from django.db.models import Count

from governance.cli.world.days import World
from governance.cli.world.rollout import deliver
from governance.policies.enums import Measure
from investigations.domain import consumers, recall_acts, recall_matching, recalls
from investigations.domain.consumers import Words
from investigations.enums import MatchState
from investigations.models import ConsumerNotice, RecallAlert, RecallMatch
from listings.models import Listing


def is_there() -> bool:
    return RecallAlert.objects.exists()


def make(world: World) -> None:
    sold, other = _products()
    came = world.ago(9, 8)
    _receive(world, sold, "A12/01588/26", "choking", "The small parts can come off. A child may choke on them.", came)
    _act(world, came + dt.timedelta(hours=2))
    _receive(
        world,
        other,
        "SR/01642/26",
        "burns",
        "The plug overheats. It may burn the user or cause a fire.",
        world.ago(1, 16),
    )


def _products() -> tuple[Listing, Listing]:
    """A toy that was ordered most, and something electric."""
    rows = Listing.objects.exclude(ean="").exclude(brand="").filter(violations=None, notice_items=None)
    ordered = rows.annotate(n=Count("order_lines")).order_by("-n", "pk")
    toy = ordered.filter(category__code__startswith="toys/").first() or ordered[0]
    other = ordered.filter(category__code__startswith="electronics/").exclude(pk=toy.pk).first() or ordered[1]
    return toy, other


def _receive(world: World, listing: Listing, reference: str, kind: str, risk: str, at: dt.datetime) -> None:
    """As Safety Gate's file lays an alert out."""
    alert = {
        "reference": reference,
        "modificationDate": f"{at:%Y-%m-%dT%H:%M:%S.000+0000}",
        "publicationDate": f"{at:%Y-%m-%d}",
        "country": {"key": "DE"},
        "product": {
            "nameSpecific": listing.title,
            "brands": [{"brand": listing.brand}],
            "barcodes": [{"barcode": listing.ean}],
            "modelTypes": [{"modelType": listing.sku}] if listing.sku else [],
            "versions": [{"language": {"key": "EN"}, "name": "Consumer product", "description": listing.title}],
        },
        "risk": {"riskType": [{"key": f"riskType.{kind}"}], "versions": [{"language": {"key": "EN"}, "riskDescription": risk}]},
    }  # fmt: skip
    recalls.receive_file(
        data=json.dumps(alert).encode(),
        origin=f"{reference.replace('/', '-')}.json",
        actor=world.person("senior"),
        at=at,
    )
    recall_matching.match_owed(at + dt.timedelta(minutes=1))


def _act(world: World, at: dt.datetime) -> None:
    """The exact match is the product, doubtful ones are others; removed, and the buyers owed what they must know."""
    senior, alert = world.person("senior"), RecallAlert.objects.get()
    matches = list(RecallMatch.objects.filter(alert=alert).order_by("-sureness", "pk"))
    if not matches:
        return
    recalls.judge(matches=[matches[0].pk], to=MatchState.CONFIRMED, actor=senior, at=at)
    recalls.judge(
        matches=[each.pk for each in matches[1:3]],
        to=MatchState.REJECTED,
        actor=senior,
        at=at + dt.timedelta(minutes=4),
    )
    recall_acts.act(
        alert=alert,
        version=world.version("product-manufacturer-identity"),
        measure=Measure.REMOVE,
        markets=(),
        reason="Recalled: see the alert.",
        words=Words(
            what=alert.name,
            hazard=alert.risk,
            what_to_do="Stop using it, keep it away from children, and send it back. Postage is free.",
            remedy="You get your money back within 14 days, or the corrected product.",
        ),
        only_in=None,
        actor=senior,
        at=at + dt.timedelta(minutes=10),
    )
    deliver(at + dt.timedelta(minutes=12))
    consumers.hand_over_due(at + dt.timedelta(minutes=15))
    notice = ConsumerNotice.objects.filter(buyers__gt=1).first()
    if notice:
        consumers.acknowledge(
            notice=notice, told=notice.buyers - 1, not_reached=1, actor=senior, at=at + dt.timedelta(hours=20)
        )
