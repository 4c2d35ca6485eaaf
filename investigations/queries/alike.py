"""Listings that are the same as another, or nearly: by barcode, by photo or one like it, by title, each found by an index."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.contrib.postgres.search import TrigramSimilarity
from django.db.models import F, Func, IntegerField, JSONField, QuerySet, Value
from django.db.models.functions import Cast, Upper
from django.utils.translation import gettext as _

from governance.accounts.permissions import Anyone
from governance.web import formats
from investigations.queries import bounded
from investigations.queries.listings import visible_listings
from listings.models import Listing, ListingImage
from listings.queries import photo_prints
from listings.text import photo_likeness

MOST = 20
"""Listings of each kind of likeness."""
READ = 500
"""Photos like its own of which the nearest are chosen."""
CLOSE = 20
"""Bits up to which two prints are called nearly the same: saved anew, scaled or mirrored, not cut or written over."""
LIKE = 0.55
"""From this share of three-letter pieces in common on, two titles are nearly the same."""
PATIENCE = 2.0
"""Seconds that the database may take over titles, and over photos."""


@dataclass
class Alike:
    """`because` says in words what the two have in common; `near` is 1 where it is the same thing."""

    listing: Listing
    because: list[str]
    near: float

    @property
    def words(self) -> str:
        return formats.series(self.because)


@dataclass(frozen=True)
class Compared:
    """The nearest first; and whether photos and titles were compared to the end."""

    rows: list[Alike]
    photos: bool
    titles: bool


def of(listing: Listing, user: Anyone) -> Compared:
    """As far as the person may see them."""
    found: dict[int, Alike] = {}
    others = visible_listings(user).exclude(pk=listing.pk).select_related("merchant", "category")
    if listing.ean:
        _add(found, others.filter(ean=listing.ean).order_by("pk")[:MOST], _("the same barcode"), 1.0)
    shown = set(listing.images.exclude(sha256="").values_list("sha256", flat=True))
    if shown:
        same = ListingImage.objects.filter(sha256__in=shown).order_by().values("listing")
        _add(found, others.filter(pk__in=same).order_by("pk")[:MOST], _("the same photo"), 1.0)
    photos = _add_photos(found, others, listing)
    try:
        with bounded.at_most(PATIENCE):
            titles = _add_titles(found, others, listing)
    except bounded.TooSlow:
        titles = False
    rows = sorted(found.values(), key=lambda each: (-len(each.because), -each.near, each.listing.pk))
    return Compared(rows, photos, titles)


def photos_near(prints: Mapping[str, int]) -> photo_prints.Found:
    """Photos nearly like one of these, by content; none where that takes too long."""
    try:
        with bounded.at_most(PATIENCE):
            return photo_prints.near(prints)
    except bounded.TooSlow:
        return photo_prints.Found(whole=False)


def by_nearness(bits: Mapping[str, int], content: str) -> Cast:
    """How near the photo is whose content stands in the field, to order rows by before they are cut."""
    held = Func(Value(bits, JSONField()), F(content), template="(%(expressions)s)", arg_joiner=" ->> ")
    return Cast(held, IntegerField())


def photo_words(bits: int) -> str:
    """How alike two photos are whose prints differ in so many bits."""
    if bits == 0:
        return _("the same photo in another file")
    share = {"share": formats.percent(photo_share(bits), digits=0)}
    if bits <= CLOSE:
        return _("nearly the same photo (%(share)s alike)") % share
    return _("a photo like it (%(share)s alike)") % share


def photo_share(bits: int) -> float:
    """1 for the same picture, 0 for two that have nothing in common."""
    return max(0.0, 1 - 2 * bits / photo_likeness.BITS)


def _add_photos(found: dict[int, Alike], others: QuerySet[Listing], listing: Listing) -> bool:
    """Listings with a photo nearly like one of its, the nearest; and whether all were compared. Those with the same photo are there
    already."""
    shown = photo_prints.of_listings([listing.pk]).get(listing.pk, {})
    near = photos_near(shown)
    if not near.photos:
        return near.whole
    apart = {sha256: each.apart for sha256, each in near.photos.items()}
    images = ListingImage.objects.filter(sha256__in=apart, listing__in=others.order_by().values("pk"))
    images = images.exclude(listing__images__sha256__in=shown).annotate(apart=by_nearness(apart, "sha256"))
    bits: dict[int, int] = {}
    for key, each in images.order_by("apart", "listing_id").values_list("listing_id", "apart")[:READ]:
        bits.setdefault(key, each)
    nearest = sorted(bits, key=lambda key: (bits[key], key))[:MOST]
    rows = others.in_bulk(nearest)
    for key in nearest:
        _add(found, [rows[key]], photo_words(bits[key]), photo_share(bits[key]))
    return near.whole


def _add_titles(found: dict[int, Alike], others: QuerySet[Listing], listing: Listing) -> bool:
    title = listing.title.strip().upper()
    if not title:
        return True
    rows = others.annotate(shouted=Upper("title")).filter(shouted__trigram_similar=title)
    near = TrigramSimilarity(Upper("title"), title)
    for each in rows.annotate(near=near).filter(near__gte=LIKE).order_by("-near", "pk")[:MOST]:
        said = (
            _("the same title")
            if each.near >= 1
            else _("%(share)s of the title") % {"share": formats.percent(each.near, digits=0)}
        )
        _add(found, [each], said, each.near)
    return True


def _add(found: dict[int, Alike], rows: QuerySet[Listing] | Sequence[Listing], because: str, near: float) -> None:
    for row in rows:
        known = found.setdefault(row.pk, Alike(row, [], near))
        known.because.append(because)
        known.near = max(known.near, near)
