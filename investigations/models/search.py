"""What the team has searched for."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models

from investigations.enums import SearchKind


class SearchRun(models.Model):
    """One search by one person: its address, as of when, how much it found, and of which keys.

    `markets` are those that the person might see then, null for all: who may not see them all is not told of it. `sha256` is of the keys that were found, ascending, with commas between; empty where there were more than are counted.
    Kept for `SEARCH_HISTORY_DAYS`.
    """

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=9, choices=SearchKind.choices, default=SearchKind.LISTINGS)
    query = models.CharField(max_length=4_000, help_text="The address's query string, without what only pages.")
    found = models.PositiveIntegerField()
    more = models.BooleanField(default=False, help_text="There were more than are counted.")
    sha256 = models.CharField(max_length=64, blank=True)
    markets = ArrayField(models.CharField(max_length=2), null=True)
    ran_at = models.DateTimeField()

    class Meta:
        indexes = (
            models.Index(fields=["-ran_at", "-id"], name="search_run_by_time"),
            models.Index(fields=["person", "-ran_at"], name="search_run_by_person"),
        )

    def __str__(self) -> str:
        return self.query[:60]
