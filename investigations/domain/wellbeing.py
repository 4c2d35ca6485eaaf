"""Limits that spare people, and pauses. What a person sets for themselves is theirs: it stands in no log."""

from collections.abc import Collection
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from governance.accounts.models import User
from governance.audit.domain import entries
from governance.policies.models import Policy
from governance.web.refusals import Refusal
from investigations.domain import undoing
from investigations.models import Break, HardPolicy, OwnLimits, WellbeingRules
from investigations.queries import wellbeing

LONGEST_BREAK = 120
MOST_HARD, MOST_PICTURES = 500, 5_000


@transaction.atomic
def set_rules(
    *,
    hard_a_day: int | None,
    pictures_a_day: int | None = None,
    break_after: int,
    break_lasts: int,
    hard_policies: Collection[int],
    actor: User,
    at: datetime,
) -> WellbeingRules:
    """Say for everybody which policies are hard to look at, and how much of them a day. Minutes."""
    if not (15 <= break_after <= 480 and 5 <= break_lasts <= LONGEST_BREAK):
        raise Refusal(_("A reminder comes after 15 to 480 minutes, and a break lasts 5 to 120."))
    if hard_a_day is not None and not 0 <= hard_a_day <= MOST_HARD:
        raise Refusal(_("At most 500 cases a day can be the limit."))
    if pictures_a_day is not None and not 0 <= pictures_a_day <= MOST_PICTURES:
        raise Refusal(_("At most 5,000 photos a day can be the limit."))
    numbers = {
        "hard_a_day": hard_a_day,
        "pictures_a_day": pictures_a_day,
        "break_after": break_after,
        "break_lasts": break_lasts,
    }
    found, fields = WellbeingRules(pk=1, **numbers), list(numbers)
    WellbeingRules.objects.bulk_create([found], update_conflicts=True, unique_fields=["id"], update_fields=fields)
    marked, unmarked = _mark(hard_policies, actor, at)
    entries.record(
        verb="wellbeing.rules_set",
        actor=actor,
        subject_kind="wellbeing_rules",
        subject_id=1,
        subject_ref="wellbeing",
        data=numbers | {"marked": marked, "unmarked": unmarked},
        at=at,
    )
    return found


@transaction.atomic
def set_own(
    *,
    person: User,
    families: Collection[str],
    hard_a_day: int | None,
    break_after: int | None,
    pictures_a_day: int | None = None,
) -> OwnLimits:
    """What the person is not to be given, from the next case on. Nobody asks why, and nobody is told."""
    limits, _made = OwnLimits.objects.update_or_create(
        person=person,
        defaults={
            "families": sorted(families),
            "hard_a_day": hard_a_day,
            "pictures_a_day": pictures_a_day,
            "break_after": break_after,
        },
    )
    return limits


@transaction.atomic
def take_break(*, person: User, at: datetime) -> Break:
    """Pause for as long as is usual. What the person holds goes back, a case or a page. A pause that runs already goes on."""
    User.objects.select_for_update(no_key=True).get(pk=person.pk)
    if running := wellbeing.running_break(person, at=at):
        return running
    undoing.give_up_others(person, at)
    lasts = timedelta(minutes=wellbeing.rules().break_lasts)
    return Break.objects.create(person=person, started_at=at, ends_at=at + lasts)


@transaction.atomic
def end_break(*, person: User, at: datetime) -> None:
    """Back to work. Where no pause runs, nothing happens."""
    Break.objects.filter(person=person, started_at__lte=at, ends_at__gt=at).update(ends_at=at)


def _mark(wanted: Collection[int], actor: User, at: datetime) -> tuple[list[int], list[int]]:
    """Keys of the policies that were marked and unmarked."""
    now, kept = set(Policy.objects.filter(pk__in=wanted).values_list("pk", flat=True)), wellbeing.hard_policies()
    HardPolicy.objects.filter(policy__in=kept - now).delete()
    HardPolicy.objects.bulk_create([HardPolicy(policy_id=key, marked_by=actor, marked_at=at) for key in now - kept])
    return sorted(now - kept), sorted(kept - now)
