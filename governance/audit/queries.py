"""Reading the log: by transactions, as sealing and verifying need it, and what its page tells about it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from django.db import connection
from django.db.models import BooleanField, Max, QuerySet, Sum, TextField
from django.db.models.expressions import RawSQL
from django.db.models.functions import Cast

from governance.audit.models import Check, Entry, Seal

Row = tuple[int, datetime, int | None, str, str, str, int | None, str, str, int, int]
HASHED = (
    "id", "at", "actor_id", "actor_label", "verb", "subject_kind", "subject_id", "subject_ref", "data_text", "txid", "cluster",
)  # fmt: skip


def clusters() -> list[int]:
    """Database clusters that ever wrote an entry: one, until a dump is restored into another."""
    found: list[int] = []
    following = Entry.objects.order_by("cluster").values_list("cluster", flat=True)
    cluster = following.first()
    while cluster is not None:
        found.append(cluster)
        cluster = following.filter(cluster__gt=cluster).first()
    return found


def snapshots() -> list[tuple[int, str]]:
    """What is committed now, per cluster. Where another cluster wrote, everything that came over is committed."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT (pg_control_system()).system_identifier, pg_current_snapshot()::text")
        current, snapshot = cursor.fetchone()
    return [(each, snapshot if each == current else _everything(each)) for each in clusters()]


def _everything(cluster: int) -> str:
    end = (Entry.objects.filter(cluster=cluster).aggregate(last=Max("txid"))["last"] or 0) + 1
    return f"{end}:{end}:"


def between(cluster: int, previous: str | None, snapshot: str) -> Iterator[Row]:
    """Entries that `snapshot` sees and `previous` did not, in the order of their ids, in constant memory."""
    _, xmax, _ = snapshot.split(":")
    rows = _after(cluster, previous).filter(txid__lt=int(xmax)).filter(_seen_by(snapshot))
    return (
        rows.annotate(data_text=Cast("data", TextField()))
        .order_by("id")
        .values_list(*HASHED)
        .iterator(chunk_size=5_000)
    )


def count_after(cluster: int, previous: str | None) -> int:
    """Entries that no seal covers yet."""
    return _after(cluster, previous).count()


def _after(cluster: int, previous: str | None) -> QuerySet[Entry]:
    rows = Entry.objects.filter(cluster=cluster)
    if previous is None:
        return rows
    xmin, _, _ = previous.split(":")
    return rows.filter(txid__gte=int(xmin)).exclude(_seen_by(previous))


def _seen_by(snapshot: str) -> RawSQL:
    return RawSQL("pg_visible_in_snapshot(txid::text::xid8, %s::pg_snapshot)", [snapshot], output_field=BooleanField())


# --- what the page tells -----------------------------------------------------------------------


@dataclass(frozen=True)
class Standing:
    """How far the log is sealed, and what the last checks said."""

    entries: int  # sealed ones; counted only while a check is under way
    last_seal: Seal | None
    last_check: Check | None
    owed: Check | None


def standing() -> Standing:
    checks = list(Check.objects.select_related("asked_by").order_by("-id")[:2])
    owed = next((check for check in checks if not check.finished_at), None)
    return Standing(
        entries=(Seal.objects.aggregate(all=Sum("entries"))["all"] or 0) if owed else 0,
        last_seal=Seal.objects.defer("members").order_by("-id").first(),
        last_check=next((check for check in checks if check.finished_at), None),
        owed=owed,
    )


def seal_of(entry: Entry) -> Seal | None:
    """The seal that covers an entry, once there is one."""
    candidates = Seal.objects.filter(cluster=entry.cluster, from_id__lte=entry.pk, to_id__gte=entry.pk)
    return next((seal for seal in candidates.order_by("id") if entry.pk in seal.hashes()), None)


def distinct(column: Literal["verb", "subject_kind"]) -> list[str]:
    """The values of a column: one index probe per value, however long the log is."""
    quoted = connection.ops.quote_name(column)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""WITH RECURSIVE each AS (
              (SELECT {quoted} AS value FROM audit_entry ORDER BY {quoted} LIMIT 1)
              UNION ALL
              SELECT (SELECT {quoted} FROM audit_entry WHERE {quoted} > each.value ORDER BY {quoted} LIMIT 1)
              FROM each WHERE each.value IS NOT NULL
            ) SELECT value FROM each WHERE value IS NOT NULL"""  # noqa: S608 -- one of two names, quoted
        )
        return [value for (value,) in cursor.fetchall()]
