"""The demo's data, the people who sign in to it, and what to try."""

import json
import os
import shutil
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from enforcement.enums import SweepKind
from enforcement.models import Sweep
from governance.cli import demo_people
from governance.cli.environment import DEMO_LISTINGS
from governance.cli.world import making
from governance.cli.world.days import OPENED
from governance.policies.domain import seeds
from governance.policies.models import Policy
from investigations.domain import queues
from listings.domain import metrics, reference
from listings.domain.imports import runs, work
from listings.enums import ImportKind, ImportState
from listings.management import demo as catalogues
from listings.models import ImportRun, Listing, Merchant

SEED, LISTINGS = 2026, 5_000
TRUTH_FILE = "demo-truth.json"
Say = Callable[[str], None]


def prepare(say: Say) -> None:
    """Make the data where there are none; a second call changes nothing."""
    opened = timezone.now() - OPENED
    demo_people.make(opened)
    reference.load_all(actor=demo_people.named("admin"), at=opened)
    queues.ensure_default_queues()
    if _has_catalogue():
        load_policies(opened)
    else:
        import_catalogue(say, int(os.environ.get(DEMO_LISTINGS, LISTINGS)), opened)
    say(
        f"{Policy.objects.count()} policies in force, {Merchant.objects.count()} merchants, {Listing.objects.count()} listings."
    )


def _has_catalogue() -> bool:
    """Orders go in last. After a start that was broken off all goes in again: what is there already stays as it is."""
    return ImportRun.objects.filter(kind=ImportKind.ORDERS, state=ImportState.FINISHED).exists()


def make_past(say: Say) -> None:
    """The weeks before today, where they are not there yet."""
    making.make(making.PAST, say, size=_size(), clock=timezone.now)


def make_today(say: Say) -> None:
    """What is in people's hands, after the first sweep over everything; and the figures."""
    making.make(making.TODAY, say, size=_size(), clock=timezone.now)
    making.count(timezone.now())


def _size() -> float:
    return min(Listing.objects.count() / LISTINGS, 1.0)


def was_swept() -> bool:
    return Sweep.objects.filter(kind=SweepKind.FULL).exists()


def truth() -> set[tuple[str, str, str]]:
    """What was planted: (merchant, listing, policy); the listing is empty for what the merchant violates itself."""
    rows = json.loads((Path(settings.STATE_DIR) / TRUTH_FILE).read_text())
    return {(merchant, listing, slug) for merchant, listing, slug in rows}


def load_policies(at: datetime) -> None:
    seeds.load_seed_policies(actor=demo_people.named("manager"), approver=demo_people.named("legal"), at=at)


def import_catalogue(say: Say, listings: int, opened: datetime) -> None:
    """Write the demo's catalogue to files, and take them in as any other: who sells what when the marketplace `opened`, the figures
    now."""
    made = catalogues.build(seed=SEED, as_of=timezone.now().date(), listings=listings)
    planted = sorted((*key, slug) for key, slugs in made.truth.items() for slug in slugs)
    (Path(settings.STATE_DIR) / TRUTH_FILE).write_text(json.dumps(planted))
    folder = Path(settings.STATE_DIR) / "demo-catalogue"
    files = made.write(folder)
    load_policies(opened)
    for name, kind in (("merchants", ImportKind.MERCHANTS), ("listings", ImportKind.LISTINGS)):
        _take_in(files[name], kind, say, opened)
    now = timezone.now()
    months = [_begin(path, ImportKind.METRICS, now) for name, path in files.items() if name.startswith("metrics-")]
    for run in [*months, _begin(files["orders"], ImportKind.ORDERS, now)]:
        _follow(run, say)
    shutil.rmtree(folder)
    metrics.refresh_windows(timezone.now().date())


@transaction.atomic
def _take_in(file: Path, kind: ImportKind, say: Say, at: datetime) -> None:
    """As if it had been done at that moment: in one transaction, so that no worker, whose clock is today's, is told before its end."""
    _follow(_begin(file, kind, at), say, lambda: at)


def _begin(file: Path, kind: ImportKind, at: datetime) -> ImportRun:
    run = runs.receive_path(path=file, kind=kind, actor=None, at=at)
    return runs.begin(run=run, document={"kind": kind.value}, mapping_name="", dry_run=False, actor=None, at=at)


def _follow(run: ImportRun, say: Say, clock: Callable[[], datetime] = timezone.now) -> None:
    """By a worker, where one has taken it; else here. The files are gone afterwards, so all of them are waited for."""
    run = work.follow(run=run, clock=clock)
    if run.state != ImportState.FINISHED:
        raise RuntimeError(f"{run.filename} did not go in: {run.error}")
    say(f"Imported {run.rows_read} rows of {run.filename}: {run.parked} parked, {run.refused} refused.")


def logins() -> list[tuple[str, str, str]]:
    """Role, user name and password of each person."""
    return demo_people.logins()


def try_this() -> list[str]:
    """A sentence each: where to go and what to do there."""
    mail = Path(settings.EMAIL_FILE_PATH)
    return [
        "as moderator: Queue, press N for the next case, 1 2 3 for verdicts, R to remove, Ctrl+Enter to decide.",
        f"open the newest file in {mail}: its link is the page on which the merchant reads the decision and appeals.",
        "as senior: Appeals, hear what the moderator decided, and overturn it: the listing is back on sale; Cases, Notices, Recalls.",
        "as investigator: Search, Investigations, then the network of Zegarland Poznań.",
        "as lead: Queue, Team: what was done in eight weeks, and how the queues will stand.",
        "as manager: Policies, open one, press E and change its rule; as legal: approve it; as manager: start a sweep.",
        "as auditor: Audit, and see all of it.",
    ]
