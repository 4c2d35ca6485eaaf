"""A corrected listing is read again at once, by the rules that something is open under, and by no others.

What is owed is a row, written in the transaction of the change and gone in the transaction of the check. What a check finds is
merged as a sweep's chunk is: twice is once. It locks the violations that it reads again and waits for nobody: what a sweep has
in its hands is left to the next turn.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from enforcement import engine, events
from enforcement.domain import findings
from enforcement.domain.findings import Finding, Looked
from enforcement.engine import ActivePolicies, ActivePolicy, Summary, facts
from enforcement.enums import Rechecked, ViolationState
from enforcement.models import Recheck, Violation
from enforcement.queries import rechecks as queries
from enforcement.queries.snapshots import on_sale
from governance.accounts.models import User
from governance.audit.domain import entries
from governance.audit.domain.entries import Subject as Recorded
from governance.policies.enums import Subject
from governance.web.refusals import MoveRefused
from listings.models import Listing
from listings.queries.keys import among

BATCH = 1_000
"""Rows that one turn works off, in one transaction."""
AT_ONCE = 100
"""Listings that a person waits for; the workers read the rest."""


class NothingOpen(MoveRefused):
    """There is nothing to read again."""


@dataclass(frozen=True)
class Checked:
    """What came of one violation."""

    violation: Violation
    outcome: Rechecked


@dataclass(frozen=True)
class Answer:
    """What came of the listings that were read; how many the workers read after them."""

    checked: Sequence[Checked]
    left: int = 0

    def count(self, outcome: Rechecked) -> int:
        return sum(1 for each in self.checked if each.outcome == outcome)


def owe(*, listing_ids: Collection[int], at: datetime) -> int:
    """Owe a check of those of these listings that something is open about, in the caller's transaction. Returns how many."""
    keys = queries.with_open_matters(listing_ids)
    Recheck.objects.bulk_create([Recheck(listing_id=key, owed_at=at) for key in keys])
    if keys:
        events.recheck_owed.send(Recheck)
    return len(keys)


@transaction.atomic
def run_next(*, at: datetime) -> bool:
    """Work off the next rows. Returns whether there may be more: not where all that is left is in other hands."""
    rows = list(Recheck.objects.select_for_update(skip_locked=True, of=("self",)).order_by("pk")[:BATCH])
    checked = _check({row.listing_id for row in rows}, at)
    busy = {each.violation.listing_id for each in checked if each.outcome == Rechecked.BUSY}
    done = [row.pk for row in rows if row.listing_id not in busy]
    Recheck.objects.filter(pk__in=done).delete()
    return bool(done) and len(rows) == BATCH


@transaction.atomic
def check_now(*, listings: Collection[Listing], actor: User, at: datetime) -> Answer:
    """Read these listings again because a person asks, who waits for the first AT_ONCE of them. Raises NothingOpen."""
    keys = queries.with_open_matters([listing.pk for listing in listings])
    if not keys:
        raise NothingOpen(_("Nothing is open here that could be read again."))
    first, rest = keys[:AT_ONCE], keys[AT_ONCE:]
    checked = _check(first, at)
    owe(listing_ids=rest, at=at)
    said: dict[int, list[str]] = {key: [] for key in first}
    for each in checked:
        said[each.violation.listing_id or 0].append(each.outcome.value)
    subjects = [Recorded(key, f"L-{key}", {"outcomes": outcomes}) for key, outcomes in said.items()]
    entries.record_many(verb="listing.checked", actor=actor, subject_kind="listing", subjects=subjects, at=at)
    return Answer(checked, left=len(rest))


# --- steps ---------------------------------------------------------------------------------------


def _check(listing_ids: Collection[int], at: datetime) -> list[Checked]:
    rows = queries.open_matters(listing_ids).order_by("policy_id", "listing_id")
    taken = list(rows.select_for_update(skip_locked=True, of=("self",)))
    held = {violation.pk for violation in taken}
    busy = [Checked(each, Rechecked.BUSY) for each in rows.select_related("policy") if each.pk not in held]
    return [*busy, *_told(taken, _read_all(taken, at))] if taken else busy


def _read_all(taken: Sequence[Violation], at: datetime) -> dict[int, set[int]]:
    """Read again what these violations are about; returns by policy the listings of which it was decided."""
    by_policy: dict[int, list[int]] = defaultdict(list)
    for violation in taken:
        if violation.listing_id is not None:
            by_policy[violation.policy_id].append(violation.listing_id)
    active = engine.load_active(at=at, policies=sorted(by_policy))
    read: dict[int, set[int]] = {}
    closed = 0
    for policy in active.about(Subject.LISTINGS):
        read[policy.policy_id], count = _read(active, policy, by_policy[policy.policy_id], at)
        closed += count
    if closed:
        transaction.on_commit(lambda: events.violations_closed.send(Recheck, sweep_id=None))
    return read


def _read(among_all: ActivePolicies, policy: ActivePolicy, keys: Sequence[int], at: datetime) -> tuple[set[int], int]:
    """Read listings by one policy and merge what was found, and nothing beside: returns those of which it was decided, and how many
    violations closed."""
    chosen = on_sale().filter(pk__in=among(keys))
    alone, summary = ActivePolicies(among_all.environment, [policy]), Summary()
    came = engine.evaluate(alone, facts.listings(chosen, needs=policy.rule.needs, at=at), at=at, summary=summary)
    broken = [each.subject_id for each in summary.broken]
    merged = findings.merge(
        sweep_id=None,
        subject=Subject.LISTINGS,
        found=[Finding.of(outcome) for outcome in came.held],
        undecided=came.undecided,
        looked=Looked(min(keys), max(keys), keys, broken),
        policies=[policy.policy_id],
        at=at,
    )
    return set(keys) - set(broken) - {key for _policy, key in came.undecided}, merged.closed.get(policy.policy_id, 0)


def _told(taken: Sequence[Violation], read: dict[int, set[int]]) -> list[Checked]:
    """As the violations are now, in the order in which they were read."""
    now = Violation.objects.select_related("policy").in_bulk([violation.pk for violation in taken])
    return [Checked(now[violation.pk], _outcome(now[violation.pk], read)) for violation in taken]


def _outcome(violation: Violation, read: dict[int, set[int]]) -> Rechecked:
    if violation.state == ViolationState.CLOSED:
        return Rechecked.CLOSED
    if violation.policy_id not in read:
        return Rechecked.NOT_READ
    return Rechecked.FOUND if violation.listing_id in read[violation.policy_id] else Rechecked.UNDECIDED
