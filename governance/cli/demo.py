"""The demo's data, the people who sign in to it, and what to try."""

import json
import tempfile
from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from enforcement.models import Sweep
from governance.cli import demo_people
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
KINDS = (ImportKind.MERCHANTS, ImportKind.LISTINGS, ImportKind.METRICS, ImportKind.ORDERS)
Say = Callable[[str], None]


def prepare(say: Say, *, listings: int = LISTINGS) -> None:
    """Make the data where there are none; a second call changes nothing."""
    at = timezone.now()
    demo_people.make(at)
    administrator, manager = demo_people.named("admin"), demo_people.named("manager")
    reference.load_all(actor=administrator, at=at)
    queues.ensure_default_queues()
    if not Merchant.objects.exists():
        import_catalogue(say, listings)
    seeds.load_seed_policies(actor=manager, approver=demo_people.named("legal"), at=at)
    say(
        f"{Policy.objects.count()} policies in force, {Merchant.objects.count()} merchants, {Listing.objects.count()} listings."
    )


def was_swept() -> bool:
    return Sweep.objects.exists()


def truth() -> set[tuple[str, str, str]]:
    """What was planted: (merchant, listing, policy); the listing is empty for what the merchant violates itself."""
    rows = json.loads((Path(settings.STATE_DIR) / TRUTH_FILE).read_text())
    return {(merchant, listing, slug) for merchant, listing, slug in rows}


def import_catalogue(say: Say, listings: int) -> None:
    """Write the demo's catalogue to files, and take them in as any other."""
    made = catalogues.build(seed=SEED, as_of=timezone.now().date(), listings=listings)
    planted = sorted((*key, slug) for key, slugs in made.truth.items() for slug in slugs)
    (Path(settings.STATE_DIR) / TRUTH_FILE).write_text(json.dumps(planted))
    with tempfile.TemporaryDirectory(prefix="catalogue-", dir=settings.STATE_DIR) as folder:
        files = made.write(Path(folder))
        for kind in KINDS:
            run = _import(files[kind.value], kind)
            say(f"Imported {run.rows_read} rows of {run.filename}: {run.parked} parked, {run.refused} refused.")
    metrics.refresh_windows(timezone.now().date())


def _import(file: Path, kind: ImportKind) -> ImportRun:
    """Here rather than by a worker: the files are gone afterwards."""
    run = runs.receive_path(path=file, kind=kind, actor=None, at=timezone.now())
    run = runs.begin(
        run=run, document={"kind": kind.value}, mapping_name="", dry_run=False, actor=None, at=timezone.now()
    )
    while run.state not in (ImportState.FINISHED, ImportState.FAILED):
        work.work(run_id=run.pk, clock=timezone.now)
        run.refresh_from_db()
    if run.state == ImportState.FAILED:
        raise RuntimeError(f"{file.name} did not go in: {run.error}")
    return run


def logins() -> list[tuple[str, str, str]]:
    """Role, user name and password of each person."""
    return demo_people.logins()


def try_this() -> list[str]:
    """A sentence each: where to go and what to do there."""
    mail = Path(settings.EMAIL_FILE_PATH)
    return [
        "as moderator: Queue, press N for the next case, 1 2 3 for verdicts, R to remove, Ctrl+Enter to decide.",
        f"open the newest file in {mail}: its link is the page on which the merchant reads the decision and appeals.",
        "as senior: Appeals, hear what the moderator decided, and overturn it: the listing is back on sale.",
        "as manager: Policies, open one, press E and change its rule; as legal: approve it; as manager: start a sweep.",
        "as auditor: Audit, and see all of it.",
    ]
