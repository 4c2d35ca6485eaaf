"""A seal over the entries that were committed since the seal before it."""

import struct

from django.db import models

from governance.audit.models.append_only import append_only

MEMBER = struct.Struct(">q16s")


class Seal(models.Model):
    """Covers exactly the entries of `cluster` visible in `snapshot` and not in that cluster's earlier seals.

    Cutting by snapshots needs no lock on the write path: a transaction that was open at one seal falls whole into a
    later one, whatever ids it had already drawn.
    """

    cluster = models.BigIntegerField()
    snapshot = models.TextField(help_text="pg_snapshot as text: xmin:xmax:running.")
    from_id = models.BigIntegerField()
    to_id = models.BigIntegerField()
    entries = models.PositiveIntegerField()
    members = models.BinaryField(help_text="24 bytes an entry in id order: its id, and the first 16 bytes of its hash.")
    previous = models.CharField(
        max_length=64, blank=True, unique=True, help_text="Digest of the seal before; the first has none."
    )
    digest = models.CharField(max_length=64, unique=True)
    sealed_at = models.DateTimeField()

    class Meta:
        indexes = (models.Index(fields=["cluster", "id"], name="audit_seal_by_cluster"),)
        triggers = (append_only(),)

    def __str__(self) -> str:
        return f"{self.from_id}-{self.to_id} {self.digest[:12]}"

    def hashes(self) -> dict[int, bytes]:
        """The first 16 bytes of each entry's hash, by the entry's id."""
        return dict(MEMBER.iter_unpack(self.members))
