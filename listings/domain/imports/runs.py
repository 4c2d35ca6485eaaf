"""An import from its file to its end: received, prepared, begun, stopped, taken up again."""

import hashlib
import uuid
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from governance.accounts.models import User
from governance.audit.domain import entries
from governance.web.refusals import MoveRefused, Refusal
from listings.domain.imports import mapping as mappings
from listings.domain.imports.files import Source
from listings.domain.imports.mapping import MappingRefused, RowMapping
from listings.enums import IMPORT_MOVES, UNFINISHED_IMPORTS, ImportKind, ImportState
from listings.events import import_queued
from listings.models import ImportKey, ImportRun

MOST_ATTEMPTS = 3


class UploadRefused(Refusal):
    """The file is larger than a file may be; nothing of it was kept."""


def folder() -> Path:
    return Path(settings.MEDIA_ROOT) / "imports"


def path_of(run: ImportRun) -> Path:
    """Where the run's file is. What a command imports stays where it lies."""
    return folder() / run.stored_as


def receive(*, chunks: Iterable[bytes], filename: str, kind: ImportKind, actor: User | None, at: datetime) -> ImportRun:
    """Keep a file that was sent, and prepare an import of it. Raises UploadRefused."""
    folder().mkdir(parents=True, exist_ok=True)
    path = folder() / uuid.uuid4().hex
    digest, size = hashlib.sha256(), 0
    try:
        with path.open("xb") as kept:
            for chunk in chunks:
                size += len(chunk)
                if size > settings.IMPORT_UPLOAD_BYTES:
                    most = settings.IMPORT_UPLOAD_BYTES >> 20
                    raise UploadRefused(
                        _("A file may have %(most)d MB. Split it, or compress it with gzip.") % {"most": most}
                    )
                digest.update(chunk)
                kept.write(chunk)
        return _create(path.name, filename, size, digest.hexdigest(), kind, actor, at)
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def receive_path(*, path: Path, kind: ImportKind, actor: User | None, at: datetime) -> ImportRun:
    """Prepare an import of a file on this machine. It is read where it is, and not copied."""
    size = path.stat().st_size
    return _create(str(path.resolve()), path.name, size, "", kind, actor, at)


def _create(
    stored_as: str, filename: str, size: int, sha256: str, kind: ImportKind, actor: User | None, at: datetime
) -> ImportRun:
    with transaction.atomic():
        run = ImportRun.objects.create(
            kind=kind,
            state=ImportState.PREPARED,
            filename=Path(filename).name[:255] or "import",
            stored_as=stored_as,
            size=size,
            sha256=sha256,
            started_by=actor,
            created_at=at,
        )
        _record("import.receive", run, actor, at, {"filename": run.filename, "size": size})
    return run


def begin(
    *,
    run: ImportRun,
    document: Mapping[str, Any],
    mapping_name: str,
    dry_run: bool,
    actor: User | None,
    at: datetime,
) -> ImportRun:
    """Let a prepared import be worked on. The file is opened first. Raises FileRefused, MappingRefused, MoveRefused."""
    with Source(path_of(run), mappings.read(document, name=mapping_name).options) as source:
        ready = mappings.for_columns(document, source.columns, name=mapping_name)
        check(ready, source.columns)
        described = source.described
    with transaction.atomic():
        held = _move(run, ImportState.QUEUED, actor=actor, at=at)
        held.kind, held.mapping, held.mapping_name, held.dry_run = (
            ready.kind,
            dict(document),
            mapping_name[:60],
            dry_run,
        )
        held.notes = [{"kind": "format", **described}]
        held.save(update_fields=["kind", "mapping", "mapping_name", "dry_run", "notes"])
        import_queued.send(sender=ImportRun, run_id=held.pk)
    return held


def take_in(
    *,
    chunks: Iterable[bytes],
    filename: str,
    document: Mapping[str, Any],
    mapping_name: str,
    merchant_column: str = "",
    merchant_country: str = "",
    dry_run: bool = False,
    actor: User | None,
    at: datetime,
) -> ImportRun:
    """Keep a file that a program sends, and let it be worked on. A file that is refused is not kept.

    Raises UploadRefused, FileRefused and MappingRefused.
    """
    kind = mappings.read(document, name=mapping_name).kind
    run = receive(chunks=chunks, filename=filename, kind=kind, actor=actor, at=at)
    try:
        document = _with_merchants(run, document, merchant_column, merchant_country)
        return begin(run=run, document=document, mapping_name=mapping_name, dry_run=dry_run, actor=actor, at=at)
    except Refusal as refusal:
        cancel(run=run, actor=actor, reason=str(refusal)[:300], at=at)
        path_of(run).unlink(missing_ok=True)
        raise


def _with_merchants(run: ImportRun, document: Mapping[str, Any], column: str, country: str) -> Mapping[str, Any]:
    if not column:
        return document
    with Source(path_of(run), mappings.read(document).options) as source:
        return mappings.with_merchant(document, columns=source.columns, column=column, country=country)


def check(ready: RowMapping, columns: list[str]) -> None:
    """Refuse a mapping that cannot bring a single row in. Raises MappingRefused."""
    errors: dict[str, object] = {}
    if absent := mappings.missing(ready, columns):
        errors["columns"] = _("The file has no column %(names)s.") % {"names": ", ".join(absent)}
    if columns and (unmet := mappings.unmet(ready)):
        errors["fields"] = _("Nothing gives %(names)s: map a column to it, or set one value for all rows.") % {
            "names": ", ".join(unmet)
        }
    if errors:
        raise MappingRefused(_("The mapping does not fit the file; nothing was imported."), errors=errors)


def cancel(*, run: ImportRun, actor: User | None, reason: str, at: datetime) -> ImportRun:
    """Stop an import. A running one stops after the batch at hand; what has gone in stays in.

    The file of an import that was never begun is not kept.
    """
    with transaction.atomic():
        held = ImportRun.objects.select_for_update().get(pk=run.pk)
        if held.state == ImportState.RUNNING:
            if held.cancel_asked_at is None:
                held.cancel_asked_at = at
                held.save(update_fields=["cancel_asked_at"])
                _record("import.ask_cancel", held, actor, at, {"reason": reason})
            return held
        if held.state == ImportState.PREPARED and path_of(held).parent == folder():
            transaction.on_commit(lambda: path_of(held).unlink(missing_ok=True))
        return _move(held, ImportState.CANCELLED, actor=actor, at=at, data={"reason": reason})


def take_up(*, run: ImportRun, actor: User | None, at: datetime) -> ImportRun:
    """Go on with an import that an error has stopped, at the row where it stopped."""
    with transaction.atomic():
        held = _move(run, ImportState.QUEUED, actor=actor, at=at)
        held.error, held.attempts, held.finished_at = "", 0, None
        held.save(update_fields=["error", "attempts", "finished_at"])
        import_queued.send(sender=ImportRun, run_id=held.pk)
    return held


@transaction.atomic
def start(*, run_id: int, at: datetime) -> ImportRun | None:
    """Count a start of the run and return it; None where there is nothing to do, or nothing more to try."""
    run = ImportRun.objects.select_for_update().get(pk=run_id)
    if run.state == ImportState.QUEUED:
        run = _move(run, ImportState.RUNNING, actor=None, at=at)
    if run.state != ImportState.RUNNING:
        return None
    if run.attempts >= MOST_ATTEMPTS:
        sentence = _("It stopped %(count)d times at row %(row)d. What went in before stays in; the log has the cause.")
        fail(run=run, error=sentence % {"count": run.attempts, "row": run.rows_read + 1}, at=at)
        return None
    run.attempts, run.progress_at = run.attempts + 1, at
    run.save(update_fields=["attempts", "progress_at"])
    return run


def finish(*, run: ImportRun, notes: list[dict[str, Any]], at: datetime) -> ImportRun:
    """The file has been read to its end."""
    with transaction.atomic():
        held = _move(run, ImportState.FINISHED, actor=None, at=at, data=_counts(run))
        held.notes = [note for note in held.notes if note["kind"] == "format"] + notes
        held.bytes_done = held.size
        held.save(update_fields=["notes", "bytes_done"])
        ImportKey.objects.filter(run=held).delete()
    return held


def fail(*, run: ImportRun, error: str, at: datetime) -> ImportRun:
    """The run cannot go on; what has gone in stays in, and it can be taken up again."""
    with transaction.atomic():
        held = _move(run, ImportState.FAILED, actor=None, at=at, data={"error": error})
        held.error = error
        held.save(update_fields=["error"])
    return held


def stop(*, run: ImportRun, at: datetime) -> ImportRun:
    """Do as was asked: the running import ends here."""
    with transaction.atomic():
        held = _move(run, ImportState.CANCELLED, actor=None, at=at, data=_counts(run))
        ImportKey.objects.filter(run=held).delete()
    return held


def stalled(at: datetime) -> list[int]:
    """Imports that wait or run and have not moved for long: their message or their worker was lost."""
    since = at - timedelta(seconds=settings.IMPORT_STALLED_SECONDS)
    moved = Q(progress_at__lt=since) | Q(progress_at__isnull=True, created_at__lt=since)
    return list(
        ImportRun.objects.filter(moved, state__in=UNFINISHED_IMPORTS).order_by("id").values_list("id", flat=True)
    )


def owing_parked(at: datetime) -> list[int]:
    """Imports whose parked rows were to be tried again, and nobody has for long."""
    since = at - timedelta(seconds=settings.IMPORT_STALLED_SECONDS)
    return list(ImportRun.objects.filter(settle_asked_at__lt=since).order_by("id").values_list("id", flat=True))


def _move(
    run: ImportRun, to: ImportState, *, actor: User | None, at: datetime, data: Mapping[str, Any] | None = None
) -> ImportRun:
    """Lock, check, write, record. The only function that writes ImportRun.state."""
    held = ImportRun.objects.select_for_update().get(pk=run.pk)
    was = ImportState(held.state)
    if to not in IMPORT_MOVES[was]:
        raise MoveRefused(
            _("This import is “%(was)s” and cannot become “%(to)s”.") % {"was": was.label, "to": to.label}
        )
    held.state = to
    fields = ["state"]
    if to == ImportState.RUNNING and held.started_at is None:
        held.started_at = at
        fields.append("started_at")
    if to in (ImportState.FINISHED, ImportState.FAILED, ImportState.CANCELLED):
        held.finished_at = at
        fields.append("finished_at")
    held.save(update_fields=fields)
    _record(f"import.{to}", held, actor, at, data)
    return held


def _counts(run: ImportRun) -> dict[str, int]:
    names = ("rows_read", "created", "changed", "unchanged", "parked", "refused", "noted")
    return dict(ImportRun.objects.values(*names).get(pk=run.pk))


def _record(verb: str, run: ImportRun, actor: User | None, at: datetime, data: Mapping[str, Any] | None = None) -> None:
    entries.record(
        verb=verb,
        actor=actor,
        subject_kind="import",
        subject_id=run.pk,
        subject_ref=run.filename[:200],
        at=at,
        data=data,
    )
