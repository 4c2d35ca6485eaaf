"""How well people and automation judge, as second readings say: agreement beyond chance, precision, each with its interval.

One subject of each decision counts, drawn at random, so that a case of ten like listings does not count tenfold. Only what
was drawn at random stands for the whole; what was drawn by risk is told apart.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Min

from governance.accounts.models import User
from governance.policies.models import Policy
from governance.web import agreement
from governance.web.agreement import Agreement
from governance.web.shares import Bounds, wilson
from investigations.enums import READ_REVIEWS, ReviewKind, ReviewOutcome, ReviewState, Verdict
from investigations.models import SecondReview, SecondVerdict
from investigations.queries import lines

ALL = "TOTAL"
FEWEST = 20
"""Decisions read, below which a kappa says nothing yet."""


@dataclass(frozen=True)
class Reading:
    """One decision that was read a second time, by the words on one subject of it."""

    kind: ReviewKind
    person: int | None
    policy: int | None
    language: str
    outcome: str
    first: Verdict
    second: Verdict
    day: int
    automation: int

    @property
    def pair(self) -> tuple[Verdict, Verdict]:
        return self.first, self.second


@dataclass(frozen=True)
class Line:
    """A group of decisions: how many were read, and how far the two readers agree."""

    label: str
    key: str
    found: Agreement

    @property
    def enough(self) -> bool:
        return self.found.subjects >= FEWEST


@dataclass(frozen=True)
class Precision:
    """Of what automation decided: right, wrong, and not yet settled. `share` weighs each day by how much was decided on it."""

    label: str
    key: str
    right: int
    wrong: int
    unsettled: int
    share: float | None
    bounds: Bounds | None

    @property
    def settled(self) -> int:
        return self.right + self.wrong

    @property
    def read(self) -> int:
        return self.settled + self.unsettled


@dataclass(frozen=True)
class Accuracy:
    """How right automation was under a policy, or in all (`ALL`). Drawn within the time, and of what was read within it."""

    policy: str
    drawn: int
    found: Precision


@dataclass(frozen=True)
class Figures:
    """Everything the page shows of a time. `risk` is of what was drawn by risk."""

    everybody: Line
    risk: Line
    people: list[Line]
    policies: list[Line]
    languages: list[Line]
    automation: Precision
    automated: list[Precision]


@dataclass(frozen=True)
class Waiting:
    """What is to be done."""

    unread: int
    oldest: datetime | None
    differing: int


def figures(*, since: datetime, person: int | None, language: str) -> Figures:
    """Of what was read since. `person` narrows to the work of one."""
    of_one = {} if person is None else {"review__person": person}
    read = list(_readings(since, None, **of_one))
    drawn = [each for each in read if each.kind == ReviewKind.RANDOM]
    automatic = [each for each in read if each.kind == ReviewKind.AUTOMATION]
    titles = lines.policy_titles({each.policy for each in read if each.policy}, language=language)
    return Figures(
        everybody=_line("", "", drawn),
        risk=_line("", "", [each for each in read if each.kind == ReviewKind.RISK]),
        people=_lines(drawn, lambda each: each.person, _names(drawn)),
        policies=_lines(drawn, lambda each: each.policy, titles),
        languages=_lines(drawn, lambda each: each.language, {each.language: each.language for each in drawn}),
        automation=_precision("", "", automatic),
        automated=[
            _precision(titles.get(key, ""), str(key), rows)
            for key, rows in _grouped(automatic, lambda each: each.policy).items()
        ],
    )


def automation(*, since: datetime, until: datetime | None, language: str) -> list[Accuracy]:
    """What a transparency report says of automation (DSA Art. 15(1)(e)): in all, then by policy. `until` itself is not part of the time."""
    read = list(_readings(since, until, review__kind=ReviewKind.AUTOMATION))
    of_policy, drawn = _grouped(read, lambda each: each.policy), _drawn(since, until)
    keys = {*of_policy, *drawn}
    titles = lines.policy_titles([key for key in keys if key], language=language)
    slugs = dict(Policy.objects.filter(pk__in=keys - {None}).values_list("pk", "slug"))
    found = [
        Accuracy(
            policy=slugs.get(key, ""),
            drawn=drawn.get(key, 0),
            found=_precision(titles.get(key, ""), str(key or ""), of_policy.get(key, [])),
        )
        for key in keys
    ]
    whole = Accuracy(ALL, sum(drawn.values()), _precision("", "", read))
    return [whole, *sorted(found, key=lambda each: each.policy)]


def waiting() -> Waiting:
    unread = SecondReview.objects.filter(state__in=[ReviewState.WAITING, ReviewState.TAKEN])
    oldest = unread.aggregate(oldest=Min("draw__drawn_at"))["oldest"]
    differing = SecondReview.objects.filter(state=ReviewState.DIFFERS)
    return Waiting(unread.count(), oldest, differing.count())


def _drawn(since: datetime, until: datetime | None) -> dict[int | None, int]:
    """Of automation's decisions, by policy."""
    rows = SecondReview.objects.filter(kind=ReviewKind.AUTOMATION, draw__drawn_at__gte=since)
    if until is not None:
        rows = rows.filter(draw__drawn_at__lt=until)
    return dict(rows.order_by().values_list("policy").annotate(n=Count("pk")))


def _readings(since: datetime, until: datetime | None, **narrowed: Any) -> Iterable[Reading]:
    rows = SecondVerdict.objects.filter(review__read_at__gte=since, review__state__in=sorted(READ_REVIEWS), **narrowed)
    if until is not None:
        rows = rows.filter(review__read_at__lt=until)
    fields = ("kind", "person", "policy", "language", "outcome", "draw", "draw__automation")
    columns = [f"review__{field}" for field in fields]
    for row in rows.order_by("review", "pk").distinct("review").values(*columns, "first", "second"):
        yield Reading(
            kind=ReviewKind(row["review__kind"]),
            person=row["review__person"],
            policy=row["review__policy"],
            language=row["review__language"],
            outcome=row["review__outcome"],
            first=Verdict(row["first"]),
            second=Verdict(row["second"]),
            day=row["review__draw"],
            automation=row["review__draw__automation"],
        )


def _names(read: Sequence[Reading]) -> dict[Any, str]:
    return {user.pk: str(user) for user in User.objects.filter(pk__in={each.person for each in read})}


def _grouped(read: Sequence[Reading], by: Callable[[Reading], Any]) -> dict[Any, list[Reading]]:
    groups: dict[Any, list[Reading]] = {}
    for each in read:
        groups.setdefault(by(each), []).append(each)
    return groups


def _lines(read: Sequence[Reading], by: Callable[[Reading], Any], labels: dict[Any, str]) -> list[Line]:
    """Those of whom most was read first."""
    groups = sorted(_grouped(read, by).items(), key=lambda pair: (-len(pair[1]), str(pair[0])))
    return [_line(labels.get(key, ""), str(key or ""), rows) for key, rows in groups]


def _line(label: str, key: str, read: Sequence[Reading]) -> Line:
    return Line(label, key, agreement.cohen(each.pair for each in read))


def _precision(label: str, key: str, read: Sequence[Reading]) -> Precision:
    judged = [(each, verdict) for each in read if (verdict := _was_right(each)) is not None]
    right = sum(verdict for _each, verdict in judged)
    if not judged:
        return Precision(label, key, 0, 0, len(read), None, None)
    of_day = {day: len(rows) for day, rows in _grouped([each for each, _verdict in judged], lambda r: r.day).items()}
    weights = [each.automation / of_day[each.day] for each, _verdict in judged]
    total = sum(weights)
    share = sum(weight * verdict for weight, (_each, verdict) in zip(weights, judged, strict=True)) / total
    counts_as = total * total / sum(weight * weight for weight in weights)
    return Precision(
        label, key, right, len(judged) - right, len(read) - len(judged), share, wilson(share * counts_as, counts_as)
    )


def _was_right(read: Reading) -> bool | None:
    """None while nobody has said who was right, or where the policy leaves it open."""
    if read.outcome in (ReviewOutcome.AGREED, ReviewOutcome.FIRST):
        return True
    return False if read.outcome == ReviewOutcome.SECOND else None
