"""An import of bytes, as a person sends them, worked on at once."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
from pytest_django.fixtures import Settings

from listings.domain.imports import runs, work
from listings.enums import ImportKind
from listings.models import ImportRow, ImportRun
from tests.factories import reference

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


def noon() -> datetime:
    return NOON


@pytest.fixture
def ground(db: None, settings: Settings, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path
    reference.load_small()


@pytest.fixture
def send(ground: None) -> Callable[..., ImportRun]:
    """`send(data, mapping={…}, dry_run=False)`: the finished run."""

    def send(
        data: bytes | str,
        *,
        mapping: Mapping[str, Any] | None = None,
        dry_run: bool = False,
        filename: str = "shop.csv",
    ) -> ImportRun:
        chunks = [data.encode() if isinstance(data, str) else data]
        document = dict(mapping or {})
        document.setdefault("merchant", {"id": "shop", "name": "Shop", "country": "DE", "create": True})
        kind = ImportKind(document.get("kind", ImportKind.LISTINGS))
        run = runs.receive(chunks=chunks, filename=filename, kind=kind, actor=None, at=NOON)
        runs.begin(run=run, document=document, mapping_name="test", dry_run=dry_run, actor=None, at=NOON)
        work.work(run_id=run.pk, clock=noon)
        run.refresh_from_db()
        return run

    return send


def told(run: ImportRun) -> list[tuple[int, str, str]]:
    """Line, fate and reason of every row with something to say."""
    return list(ImportRow.objects.filter(run=run).order_by("line").values_list("line", "fate", "reason"))


def counts(run: ImportRun) -> dict[str, int]:
    names = ("rows_read", "created", "changed", "unchanged", "parked", "refused")
    return {name: getattr(run, name) for name in names if getattr(run, name)}
