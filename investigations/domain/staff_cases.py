"""Cases that a person opens: listings that no rule found, put before moderators under a policy."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from governance.accounts.models import User
from governance.audit.domain import entries
from governance.policies.enums import Severity, Subject
from governance.policies.models import Policy
from governance.web.refusals import Refusal
from investigations import events
from investigations.domain import deadlines, files, opening, priorities, queues, routing
from investigations.enums import CaseOrigin
from investigations.models import Case, CaseItem
from investigations.queries.routing import active
from listings.models import Listing


class NothingToOpen(Refusal):
    """There is no listing to be looked at."""


@transaction.atomic
def open_for(
    *, listings: Sequence[Listing], cause: str, policy: Policy, severity: Severity, note: str, actor: User, at: datetime
) -> list[Case]:
    """One case for each merchant of these listings, or their live one of the same cause; the note stands in each."""
    if not listings:
        raise NothingToOpen(_("Choose at least one listing: a case is about what somebody sells."))
    if policy.live_id is None or policy.subject != Subject.LISTINGS:
        raise Refusal(_("Choose a policy about listings that is in force."))
    groups: dict[opening.Key, list[Listing]] = {}
    for listing in listings:
        groups.setdefault((listing.merchant_id, cause), []).append(listing)
    live = opening.live_cases(groups)
    new = [key for key in sorted(groups) if key not in live]
    _insert([groups[key] for key in new], cause, policy, severity, at)
    live |= opening.live_cases(new)
    items = [CaseItem(case=live[key], listing=each, added_at=at) for key, group in groups.items() for each in group]
    CaseItem.objects.bulk_create(items, ignore_conflicts=True)
    priorities.reckon({case.pk for case in live.values()}, at=at)
    routing.place([live[key] for key in new], queues=active(), at=at)
    for verb, keys in (("case.opened", new), ("case.items_added", [key for key in sorted(groups) if key not in new])):
        subjects = [entries.Subject(live[key].pk, str(live[key]), {"items": len(groups[key])}) for key in keys]
        if subjects:
            entries.record_many(verb=verb, actor=actor, subject_kind="case", subjects=subjects, at=at)
    for key in sorted(groups):
        files.note(case=live[key], actor=actor, text=note, at=at)
    events.cases_moved.send(sender=Case)
    return [live[key] for key in sorted(groups)]


def _insert(groups: Sequence[Sequence[Listing]], cause: str, policy: Policy, severity: Severity, at: datetime) -> None:
    default = queues.default_queue()
    calendars = deadlines.calendars({group[0].merchant.country for group in groups})
    rows = [
        Case(
            merchant=group[0].merchant,
            policy=policy,
            cause_key=cause,
            origin=CaseOrigin.STAFF,
            queue=default,
            severity=severity,
            opened_at=at,
            due_at=calendars[group[0].merchant.country].after(at, default.decide_within_hours),
        )
        for group in groups
    ]
    Case.objects.bulk_create(rows, ignore_conflicts=True)
