"""Sealing the log and proving that nobody touched it since.

An entry's hash is SHA-256 over the UTF-8 JSON array `[id, at, actor, actor_label, verb, subject_kind, subject_id,
subject_ref, data, txid, cluster]`, with `at` in UTC to the microsecond and `data` as PostgreSQL prints the jsonb.
A seal's digest is SHA-256 over the JSON array `[previous, cluster, snapshot, sealed_at, entries, from_id,
to_id]`, followed by the hashes of its entries in the order of their ids. An auditor can recompute both without this program.
"""

import hashlib
import json
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db import connection, transaction

from governance.audit import queries
from governance.audit.models import Seal
from governance.audit.models.seal import MEMBER

SEALING = 0x5EA1  # advisory lock: one sealer at a time, and nobody else waits for it
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Verification:
    """What reading the whole log again found. `first_broken` says it in words, and where."""

    ok: bool
    entries: int
    seals: int
    unsealed: int
    digest: str
    first_broken: str = ""
    broken_entry: int | None = None


class Broken(Exception):
    """The log differs from what was sealed."""

    def __init__(self, message: str, entry: int | None = None) -> None:
        super().__init__(message)
        self.entry = entry


@transaction.atomic
def seal(at: datetime) -> list[Seal]:
    """Seal everything committed since the last seal; nothing new, no seal."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [SEALING])
    made = [_seal_cluster(cluster, snapshot, at) for cluster, snapshot in queries.snapshots()]
    return [each for each in made if each is not None]


def _seal_cluster(cluster: int, snapshot: str, at: datetime) -> Seal | None:
    previous = Seal.objects.filter(cluster=cluster).order_by("-id").values_list("snapshot", flat=True).first()
    hashes = {row[0]: _hash(row) for row in queries.between(cluster, previous, snapshot)}
    if not hashes:
        return None
    last = Seal.objects.order_by("-id").values_list("digest", flat=True).first() or ""
    made = Seal(
        cluster=cluster,
        snapshot=snapshot,
        from_id=min(hashes),
        to_id=max(hashes),
        entries=len(hashes),
        members=b"".join(MEMBER.pack(id_, digest[:16]) for id_, digest in hashes.items()),
        previous=last,
        sealed_at=at,
    )
    made.digest = _digest(made, list(hashes.values()))
    made.save(force_insert=True)
    log.info("Audit log sealed: %d entries, digest %s", made.entries, made.digest)
    return made


def verify(*, expect: str = "", progress: Callable[[int], None] = lambda entries: None) -> Verification:
    """Read the whole log again. `expect` is a digest noted elsewhere earlier: it must still be in the chain.

    `progress` hears after every seal how many entries were read.
    """
    entries = seals = 0
    digest, expected = "", not expect
    snapshots: dict[int, str] = {}
    try:
        for each in Seal.objects.order_by("id").iterator(chunk_size=50):
            entries += _verify_seal(each, digest, snapshots.get(each.cluster))
            seals += 1
            progress(entries)
            digest, snapshots[each.cluster] = each.digest, each.snapshot
            expected = expected or digest == expect
        if not expected:
            raise Broken(f"no seal has the digest {expect}: seals were removed from the end or the chain was rewritten")
    except Broken as broken:
        return Verification(False, entries, seals, 0, digest, str(broken), broken.entry)
    unsealed = sum(queries.count_after(cluster, snapshots.get(cluster)) for cluster in queries.clusters())
    return Verification(True, entries, seals, unsealed, digest)


def _verify_seal(sealed: Seal, previous: str, previous_snapshot: str | None) -> int:
    if sealed.previous != previous:
        raise Broken(f"seal {sealed.pk} does not follow the seal before it: a seal was removed, added or rewritten")
    members = sealed.hashes()
    hashes: list[bytes] = []
    found: Broken | None = None
    for row in queries.between(sealed.cluster, previous_snapshot, sealed.snapshot):
        hashes.append(_hash(row))
        found = found or _compare(sealed, row[0], members.pop(row[0], None), hashes[-1][:16])
    for missing in members:
        found = found or Broken(f"entry {missing} was removed after seal {sealed.pk}", missing)
    intact = _digest(sealed, hashes) == sealed.digest and len(sealed.members) == MEMBER.size * sealed.entries
    if found and not intact:
        raise found
    if found or not intact:  # either the digest or the list of members was touched, not the entries
        raise Broken(f"seal {sealed.pk} itself was edited")
    return len(hashes)


def _compare(sealed: Seal, entry: int, kept: bytes | None, hashed: bytes) -> Broken | None:
    if kept is None:
        return Broken(f"entry {entry} was inserted into the time of seal {sealed.pk}", entry)
    return None if kept == hashed else Broken(f"entry {entry} was edited after seal {sealed.pk}", entry)


def _hash(row: queries.Row) -> bytes:
    id_, at, *rest = row
    return hashlib.sha256(_canonical([id_, _utc(at), *rest])).digest()


def _digest(sealed: Seal, hashes: list[bytes]) -> str:
    head = [sealed.previous, sealed.cluster, sealed.snapshot, _utc(sealed.sealed_at)]
    head += [sealed.entries, sealed.from_id, sealed.to_id]
    return hashlib.sha256(_canonical(head) + b"".join(hashes)).hexdigest()


def _utc(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def _canonical(values: list[Any]) -> bytes:
    return json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode()
