"""Listings that are to be read again at once."""

from django.db import models

from listings.models import Listing


class Recheck(models.Model):
    """Owed: its merchant has changed the listing while something was open about it, or a person asked. Gone once it is done.

    A listing may stand here several times: whoever owes never waits for whoever checks.
    """

    listing = models.ForeignKey(Listing, on_delete=models.CASCADE, related_name="rechecks")
    owed_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"L-{self.listing_id}"
