"""Listings that are the same as another, or nearly: by barcode, by photo, by title, each found by an index."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib.postgres.search import TrigramSimilarity
from django.db.models import QuerySet
from django.db.models.functions import Upper
from django.utils.translation import gettext as _

from governance.accounts.permissions import Anyone
from governance.web import formats
from investigations.queries import bounded
from investigations.queries.listings import visible_listings
from listings.models import Listing, ListingImage

MOST = 20
"""Listings of each kind of likeness."""
LIKE = 0.55
"""From this share of three-letter pieces in common on, two titles are nearly the same."""
PATIENCE = 2.0
"""Seconds that the database may take over titles."""


@dataclass
class Alike:
    """`because` says in words what the two have in common; `near` is 1 where it is the same thing."""

    listing: Listing
    because: list[str]
    near: float

    @property
    def words(self) -> str:
        return formats.series(self.because)


def of(listing: Listing, user: Anyone) -> tuple[list[Alike], bool]:
    """The nearest first, as far as the person may see them; and whether titles were looked at to the end."""
    found: dict[int, Alike] = {}
    others = visible_listings(user).exclude(pk=listing.pk).select_related("merchant", "category")
    if listing.ean:
        _add(found, others.filter(ean=listing.ean).order_by("pk")[:MOST], _("the same barcode"), 1.0)
    shown = set(listing.images.exclude(sha256="").values_list("sha256", flat=True))
    if shown:
        same = ListingImage.objects.filter(sha256__in=shown).order_by().values("listing")
        _add(found, others.filter(pk__in=same).order_by("pk")[:MOST], _("the same photo"), 1.0)
    try:
        with bounded.at_most(PATIENCE):
            whole = _add_titles(found, others, listing)
    except bounded.TooSlow:
        whole = False
    return sorted(found.values(), key=lambda each: (-len(each.because), -each.near, each.listing.pk)), whole


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
