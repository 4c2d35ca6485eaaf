"""A snapshot of the catalogue that stands in SNAPSHOT_DIR."""

from django.db import models


class CatalogueSnapshot(models.Model):
    """The database's word that a folder of files is of this database, and not of a later state than it was restored to."""

    name = models.CharField(max_length=60, unique=True)

    def __str__(self) -> str:
        return self.name
