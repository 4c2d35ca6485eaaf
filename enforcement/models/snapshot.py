"""A snapshot of the catalogue that stands in SNAPSHOT_DIR."""

from django.db import models


class CatalogueSnapshot(models.Model):
    """The database's word that a folder of files is of this database, and not of a later state that it was restored from.

    `mark` is the listings' highest change that the files know of.
    """

    name = models.CharField(max_length=60, unique=True)
    mark = models.BigIntegerField()
    made_at = models.DateTimeField()

    class Meta:
        indexes = (models.Index(fields=["-made_at"], name="snapshot_by_time"),)

    def __str__(self) -> str:
        return self.name
