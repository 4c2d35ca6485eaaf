"""CEL row by row: the product's own facts, runtime and merge, without its columns."""

from collections.abc import Collection, Sequence

from django.db import transaction

from enforcement import engine
from enforcement.domain import findings, sweeps
from enforcement.domain.findings import Finding
from enforcement.engine import ActivePolicies, Summary, evaluation, facts
from enforcement.enums import SweepKind
from enforcement.models import Sweep
from governance.cli.bench.contestants.contestant import NOW, Contestant
from governance.cli.bench.contestants.plain_django import BATCH, listings
from governance.policies.enums import Subject
from listings.models import Listing


class CelRows(Contestant):
    name = "cel_rows"
    by_row = True
    told = "CEL row by row: the product's runtime and merge for each listing in turn, without columns"

    def run(self, *, sample: bool) -> None:
        policies = engine.load_active(at=NOW)
        needs, keys = policies.needs(Subject.LISTINGS), list(listings(sample=sample).values_list("pk", flat=True))
        sweep = _sweep()
        for first in range(0, len(keys), BATCH):
            _read(keys[first : first + BATCH], policies, needs, sweep)


@transaction.atomic
def _read(keys: Sequence[int], policies: ActivePolicies, needs: Collection[str], sweep: Sweep) -> None:
    subjects = facts.listings(Listing.objects.filter(pk__in=keys), needs=needs, at=NOW)
    outcomes = list(evaluation.by_row(policies, subjects, at=NOW, summary=Summary()))
    findings.merge(
        sweep_id=sweep.pk,
        subject=Subject.LISTINGS,
        found=[Finding.of(outcome) for outcome in outcomes if outcome.held],
        undecided=[(outcome.policy.policy_id, outcome.subject_id) for outcome in outcomes if outcome.held is None],
        looked=findings.Looked.only(keys),
        policies=[policy.policy_id for policy in policies.policies],
        at=NOW,
    )


def _sweep() -> Sweep:
    """A sweep that its findings can name, ended at once."""
    sweep = sweeps.start(kind=SweepKind.FULL, actor=None, reason="Row by row", at=NOW)
    return sweeps.cancel(sweep=sweep, actor=None, reason="Row by row", at=NOW)
