"""What a row says of a case beyond its own columns, fetched once for all rows of a page."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import Count
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from enforcement.enums import STANDING_DECISIONS
from enforcement.models import Decision
from governance.accounts.models import User
from governance.policies.enums import Subject, VersionState
from governance.policies.models import PolicyText
from governance.web import formats
from investigations.enums import GROUND_NAME, NoticeGround
from investigations.models import Case, CaseItem, Claim, Question, Snooze

REPEAT_OVER = timedelta(days=365)
MANY_ORDERS, MANY_LISTINGS = 100, 10
URGENT, SOON = timedelta(hours=2), timedelta(hours=4)
WIDE, LITTLE, LATE = 0.85, 0.65, 0.9
"""Of the factors of a priority: where much and little reach begin, and where little time is left."""
DAY = timedelta(days=1)
SPOKEN = (VersionState.LIVE, VersionState.SUPERSEDED, VersionState.WITHDRAWN)


@dataclass(frozen=True)
class Reason:
    """Why a case stands where it stands, in a few words."""

    text: str
    icon: str
    tone: str = ""


@dataclass
class Line:
    """What is said of one case. `items` still wait for a verdict, or (closed) were in it."""

    title: str
    items: int
    holder: User | None
    since: datetime | None = None
    about_merchant: bool = False
    reasons: list[Reason] = field(default_factory=list)

    @property
    def headline(self) -> str:
        """The cause with the number of listings, where there is more than one."""
        if self.items < 2:
            return self.title
        text = ngettext("%(title)s, %(count)s listing", "%(title)s, %(count)s listings", self.items)
        return text % {"title": self.title, "count": formats.number(self.items)}


def cause_title(cause_key: str) -> str:
    """What a case without a policy is about: the ground of the notices that wait in it, or an order."""
    kind, _colon, ground = cause_key.partition("#")[0].partition(":")
    if kind == "order":
        return _("Ordered by an authority")
    if kind != "notice" or ground not in NoticeGround.values:
        return cause_key
    return _("Reported: %(ground)s") % {"ground": GROUND_NAME[NoticeGround(ground)]}


def heading(line: Line, merchant: str) -> str:
    """What a case is, in one line."""
    text = ngettext(
        "%(title)s: %(count)s listing of %(merchant)s", "%(title)s: %(count)s listings of %(merchant)s", line.items
    )
    if line.about_merchant or not line.items:
        text = _("%(title)s: %(merchant)s")
    return text % {"title": isolated(line.title), "count": formats.number(line.items), "merchant": isolated(merchant)}


def isolated(name: str) -> str:
    """A name inside a sentence, which keeps its own direction and leaves the sentence's alone."""
    return f"\u2068{name}\u2069"


@dataclass(frozen=True)
class Clock:
    """How much time is left until a deadline, or by how much it was missed."""

    text: str
    tone: str
    late: bool


def clock(due_at: datetime, *, at: datetime, soon: timedelta = SOON) -> Clock:
    left = due_at - at
    length = formats.span(abs(left), units=1 if abs(left) < timedelta(hours=1) else 2)
    if left <= timedelta(0):
        return Clock(_("%(span)s late") % {"span": length}, "critical", late=True)
    tone = "critical" if left < URGENT else "caution" if left < soon else ""
    return Clock(_("%(span)s left") % {"span": length}, tone, late=False)


def of(cases: Sequence[Case], *, language: str, at: datetime) -> dict[int, Line]:
    """The lines of a page's cases, by key: seven queries, however many they are."""
    titles = policy_titles({case.policy_id for case in cases if case.policy_id}, language=language)
    counts = _item_counts(cases)
    holders = _holders(cases)
    repeats = _repeats(cases, at=at)
    rests = _rests(cases)
    found = {}
    for case in cases:
        held = holders.get(case.pk)
        line = Line(
            titles.get(case.policy_id or 0) or cause_title(case.cause_key),
            counts.get(case.pk, 0),
            held.person if held else None,
        )
        line.since = held.claimed_at if held else None
        line.about_merchant = bool(case.policy and case.policy.subject == Subject.MERCHANTS)
        repeat = repeats.get((case.merchant_id, case.policy_id), 0)
        line.reasons = [*rests.get(case.pk, ()), *reasons(case, items=line.items, repeat=repeat)]
        found[case.pk] = line
    return found


def reasons(case: Case, *, items: int, repeat: int) -> list[Reason]:
    found = []
    if "ordered" in case.priority_parts:
        found.append(Reason(_("Order of an authority"), "gavel", "critical"))
    elif "trusted" in case.priority_parts:
        found.append(Reason(_("Trusted flagger"), "shield-check", "serious"))
    elif case.is_reported:
        found.append(Reason(_("Reported from outside"), "flag"))
    if case.orders_30d:
        text = ngettext("%(count)s sold in 30 d", "%(count)s sold in 30 d", case.orders_30d)
        tone = "serious" if case.orders_30d >= MANY_ORDERS else ""
        found.append(Reason(text % {"count": formats.number(case.orders_30d)}, "up", tone))
    elif case.views_30d:
        text = ngettext("%(count)s view in 30 d", "%(count)s views in 30 d", case.views_30d)
        found.append(Reason(text % {"count": formats.number(case.views_30d)}, "eye"))
    if repeat:
        text = ngettext("%(count)s decision in 12 months", "%(count)s decisions in 12 months", repeat)
        found.append(Reason(text % {"count": formats.number(repeat)}, "history", "caution"))
    if items >= MANY_LISTINGS:
        text = ngettext("%(count)s listing", "%(count)s listings", items)
        found.append(Reason(text % {"count": formats.number(items)}, "layers"))
    return found


def factors(case: Case) -> str:
    """The factors of a case's priority in words: how grave it is, how many see it, how much of its time is gone."""
    parts = case.priority_parts or {}
    if case.kept_for_id:
        return _("it comes back to somebody")
    if "ordered" in parts:
        return _("an authority has ordered it")
    reach, age = float(parts.get("reach", 0)), float(parts.get("age", 0))
    seen = (
        _("widely sold or seen")
        if reach >= WIDE
        else _("sold or seen a little")
        if reach > LITTLE
        else _("hardly seen")
    )
    gone = (
        _("its time is over") if age >= 1 else _("most of its time is gone") if age >= LATE else _("early in its time")
    )
    said = [formats.within(str(case.get_severity_display())), seen, gone]
    return formats.series([*said, _("a trusted flagger reported it")] if "trusted" in parts else said)


def score(case: Case) -> str:
    """A priority as it is shown: whole, but just below 100, where an order stands beside what comes back to somebody."""
    return formats.number(case.priority, digits=1 if 99 < case.priority < 100 else 0)


def reckoning(case: Case, *, reader: int | None) -> str:
    """How a case's priority came about, by its numbers where it was reckoned from them. `reader` is who reads it."""
    parts = case.priority_parts or {}
    if case.kept_for_id:
        if case.kept_for_id == reader:
            return _("It comes back to you, and what comes back to somebody has the highest there is.")
        return _("It comes back to somebody else, and what does has the highest there is.")
    if "ordered" in parts:
        text = _("An authority ordered it, and what is ordered has %(number)s, whatever else is known of it.")
        return text % {"number": formats.number(float(parts["ordered"]))}
    text = _("Severity %(severity)s × reach %(reach)s × age %(age)s.")
    if "trusted" in parts:
        text = _("Severity %(severity)s × reach %(reach)s × age %(age)s × trusted flagger %(trusted)s, at most 1.")
    return text % {name: formats.number(round(float(part), 2)) for name, part in parts.items()} if parts else ""


def standing(case: Case) -> str:
    """Why a case stands where it stands among those that wait."""
    return _("Priority %(number)s: %(reasons)s") % {
        "number": score(case),
        "reasons": factors(case),
    }


def calendar(case: Case) -> str:
    """Whose working days the deadline counts."""
    return _("Counted in the working days of %(country)s") % {"country": formats.country(case.merchant.country)}


def policy_titles(policy_ids: Iterable[int], *, language: str) -> dict[int, str]:
    """The titles of policies in a language, else in English: of the version in force, else of the last that was."""
    rows = (
        PolicyText.objects.filter(
            version__policy__in=set(policy_ids), version__state__in=SPOKEN, language__in={language, "en"}
        )
        .order_by("version__number")
        .values_list("version__policy", "version__number", "language", "title")
    )
    best: dict[int, tuple[int, bool, str]] = {}
    for policy, number, spoken, title in rows:
        found = (number, spoken == language, title)
        if policy not in best or found[:2] >= best[policy][:2]:
            best[policy] = found
    return {policy: title for policy, (_number, _own, title) in best.items()}


def _item_counts(cases: Sequence[Case]) -> Mapping[int, int]:
    waiting = [case.pk for case in cases if case.closed_at is None]
    closed = [case.pk for case in cases if case.closed_at is not None]
    items = CaseItem.objects.filter(case__in=waiting, settled_at__isnull=True) | CaseItem.objects.filter(
        case__in=closed
    )
    return dict(items.values_list("case").annotate(count=Count("id")))


def _holders(cases: Sequence[Case]) -> dict[int, Claim]:
    claims = Claim.objects.filter(case__in=[case.pk for case in cases], ended_at__isnull=True).select_related("person")
    return {claim.case_id: claim for claim in claims}


def _rests(cases: Sequence[Case]) -> dict[int, list[Reason]]:
    """What keeps a case from being given out, or puts it first for somebody."""
    keys = [case.pk for case in cases if case.closed_at is None]
    found: dict[int, list[Reason]] = defaultdict(list)
    for snooze in Snooze.objects.filter(case__in=keys, woken_at=None).order_by("id"):
        text = _("put aside until %(day)s") % {"day": formats.day(snooze.until)}
        found[snooze.case_id].append(Reason(text, "pause", "info"))
    asked = Question.objects.filter(case__in=keys, answered_at=None, withdrawn_at=None).order_by("id")
    for question in asked:
        text = _("asked: %(whom)s") % {"whom": formats.within(str(question.get_asked_of_display()))}
        found[question.case_id].append(Reason(text, "hand", "info"))
    kept = {case.pk: case.kept_for_id for case in cases if case.kept_for_id and case.closed_at is None}
    people = User.objects.in_bulk([person for person in kept.values() if person])
    for key, person in kept.items():
        text = _("comes back to %(person)s first") % {"person": people.get(person or 0)}
        found[key].append(Reason(text, "reply", "caution"))
    return found


def _repeats(cases: Sequence[Case], *, at: datetime) -> dict[tuple[int, int | None], int]:
    """How often each merchant was decided upon under the same policy within a year."""
    decisions = Decision.objects.filter(
        merchant__in={case.merchant_id for case in cases},
        version__policy__in={case.policy_id for case in cases if case.policy_id},
        decided_at__gte=at - REPEAT_OVER,
        state__in=STANDING_DECISIONS,
    )
    rows = decisions.values_list("merchant", "version__policy").annotate(count=Count("id"))
    return {(merchant, policy): count for merchant, policy, count in rows}
