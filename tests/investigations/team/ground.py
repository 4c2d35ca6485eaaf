"""Ten weeks of a team's days, as they would have been counted, and what waits now."""

import random
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

from governance.accounts.models import User
from governance.policies.models import Policy
from investigations.domain import queues, team_figures
from investigations.models import PersonDay, Queue, TeamDay, TeamFigure
from tests.factories import cases as make

WEEKS = 10
REASONS = ("I know the merchant", "I do not read Polish", "Too close to my last case")
STEPS = {"taken": 100, "decided": 106, "handled": 56, "closed": 108, "waiting": 124}


def weeks(people: Sequence[User], policies: Sequence[Policy], *, now: datetime, days: int = 7 * WEEKS) -> None:
    chance, known = random.Random(7), queues.ensure_default_queues()
    today = now.astimezone(UTC).date()
    for back in range(1, days + 1):
        day = today - timedelta(days=back)
        rows = [
            row
            for queue in known
            for policy in policies
            for language in ("de", "fr", "pl")
            for row in _day(chance, day, queue, policy, language)
        ]
        TeamFigure.objects.bulk_create(rows)
        TeamDay.objects.create(day=day, counted_at=now - timedelta(days=back - 1))
        if day.isoweekday() < 6:
            PersonDay.objects.bulk_create([_of_person(chance, day, person) for person in people])
    for number in range(6):
        make.case(
            policies[number % len(policies)], make.merchant(f"Waiting {number}"), at=now - timedelta(hours=6 * number)
        )
    team_figures.count_today(at=now)


def _day(chance: random.Random, day: date, queue: Queue, policy: Policy, language: str) -> list[TeamFigure]:
    busy = 1.0 if day.isoweekday() < 6 else 0.35
    came = int(chance.triangular(0, 9, 3) * busy)
    done = int(chance.triangular(0, 9, 3.4) * (day.isoweekday() < 6))
    late = sum(chance.random() < 0.08 for _each in range(done))
    read = sum(chance.random() < 0.15 for _each in range(done))
    counts = {
        ("opened", ""): came,
        ("in_time", ""): done - late,
        ("late", ""): late,
        ("read", ""): read,
        ("misread", ""): int(read > 0 and chance.random() < 0.1),
        ("heard", "appeal"): int(chance.random() < 0.1),
        ("overturned", "appeal"): int(chance.random() < 0.02),
        ("skipped", chance.choice(REASONS)): int(chance.random() < 0.2),
    }
    for kind, number in (
        ("taken", done),
        ("decided", done),
        ("handled", done),
        ("closed", done),
        ("waiting", 4 + came),
    ):
        for _each in range(number):
            part = (kind, str(STEPS[kind] + int(chance.gauss(0, 8))))
            counts[part] = counts.get(part, 0) + 1
    return [
        TeamFigure(day=day, queue=queue, policy=policy, language=language, kind=kind, part=part, number=number)
        for (kind, part), number in counts.items()
        if number
    ]


def _of_person(chance: random.Random, day: date, person: User) -> PersonDay:
    decided = int(chance.triangular(40, 95, 70))
    return PersonDay(
        day=day, person=person, decided=decided, seconds=decided * 150, skipped=chance.randrange(3), read=chance.randrange(5),
        misread=int(chance.random() < 0.1), heard=int(chance.random() < 0.2), overturned=int(chance.random() < 0.04),
    )  # fmt: skip
