"""What waits for a person: one line each, by what their roles let them do."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Min, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from enforcement import permissions as enforcement_permissions
from enforcement.enums import LOST_DISPUTES, OPEN_APPEALS, DisputeState, MessageState, SweepState
from enforcement.models import Appeal, Message, Sweep
from enforcement.queries import disputes, overturned, waiting
from governance.accounts.models import User
from governance.policies.enums import VersionState
from governance.policies.models import Policy, PolicyVersion, Waiver
from governance.policies.permissions import can_approve_policy, can_write_policy
from governance.web.formats import relative
from investigations.enums import OPEN_NOTICES, OPEN_ORDERS, CaseState
from investigations.models import Case, Claim
from investigations.permissions import can_take_held, can_work, can_work_orders
from investigations.queries import notices, orders, recalls
from listings.enums import RowFate
from listings.models import ImportRow

SOON = timedelta(hours=24)
MONTH = timedelta(days=30)
YEAR = timedelta(days=365)


@dataclass(frozen=True)
class Line:
    icon: str
    tone: str
    title: str
    note: str
    url: str


def lines(user: User, *, at: datetime) -> list[Line]:
    """At most one line per kind of work, the most urgent first."""
    found: list[Line] = []
    if can_work_orders(user):
        found += _orders(user, at)
    if can_work(user):
        found += [*_claimed(user), *_late(at), *_notices(user), *_recalls(user)]
    if can_take_held(user):
        found += [*_second_words(user), *_held(), *_appeals(user, at), *_disputes(user)]
    if can_approve_policy(user):
        found += _approvals(user)
    if can_write_policy(user):
        found += [*_sent_back(user), *_overturned(at), *_sweeps(at), *_waivers(at), *_parked(), *_undelivered()]
    return found


def _claimed(user: User) -> Iterator[Line]:
    claim = Claim.objects.filter(person=user, ended_at__isnull=True).select_related("case").first()
    if claim is not None:
        note = _("Your claim ends %(when)s.") % {"when": relative(claim.expires_at)}
        url = reverse("investigations:case", args=[claim.case_id])
        yield Line("lock", "info", _("You hold case C-%(id)s") % {"id": claim.case_id}, note, url)


def _late(at: datetime) -> Iterator[Line]:
    waiting = Case.objects.filter(state__in=[CaseState.OPEN, CaseState.IN_REVIEW], golden__isnull=True)
    counts = waiting.aggregate(
        late=Count("pk", filter=Q(due_at__lt=at)), soon=Count("pk", filter=Q(due_at__gte=at, due_at__lt=at + SOON))
    )
    url = reverse("investigations:queue")
    if counts["late"]:
        title = ngettext("%(n)s case is late", "%(n)s cases are late", counts["late"]) % {"n": counts["late"]}
        yield Line("critical", "critical", title, _("The oldest come first when you press Next."), url)
    if counts["soon"]:
        title = ngettext("%(n)s case is due within 24 hours", "%(n)s cases are due within 24 hours", counts["soon"])
        yield Line("clock", "serious", title % {"n": counts["soon"]}, "", url)


def _held() -> Iterator[Line]:
    count = Case.objects.filter(state=CaseState.HELD).count()
    if count:
        title = ngettext(
            "%(n)s case is held for a senior reviewer", "%(n)s cases are held for a senior reviewer", count
        )
        yield Line("pause", "caution", title % {"n": count}, "", reverse("investigations:queue"))


def _second_words(user: User) -> Iterator[Line]:
    """What others have decided and this person may say yes or no to."""
    count = waiting.for_a_second_person().exclude(decided_by=user).count()
    if count:
        title = ngettext("%(n)s decision waits for a second person", "%(n)s decisions wait for a second person", count)
        note = _("Until somebody says yes, nothing happens and nobody is told.")
        yield Line("users", "caution", title % {"n": count}, note, f"{reverse('enforcement:decisions')}?state=held")


def _appeals(user: User, at: datetime) -> Iterator[Line]:
    open_to = Appeal.objects.filter(state__in=sorted(OPEN_APPEALS)).exclude(decisions__decided_by=user)
    found = open_to.aggregate(n=Count("pk"), first=Min("due_at"))
    if found["n"]:
        title = ngettext("%(n)s appeal waits for an answer", "%(n)s appeals wait for an answer", found["n"])
        note = _("The first is due %(when)s. You had no part in these decisions.") % {"when": relative(found["first"])}
        tone = "critical" if found["first"] < at else "caution"
        yield Line("scale", tone, title % {"n": found["n"]}, note, reverse("investigations:appeals"))


def _disputes(user: User) -> Iterator[Line]:
    """What bodies and courts have decided against us and nobody has carried out."""
    lost = disputes.listed(enforcement_permissions.markets(user))
    count = lost.filter(state=DisputeState.DECIDED, outcome__in=sorted(LOST_DISPUTES)).count()
    if count and enforcement_permissions.can_carry_out(user):
        title = ngettext("%(n)s lost dispute is to be carried out", "%(n)s lost disputes are to be carried out", count)
        yield Line("gavel", "critical", title % {"n": count}, "", f"{reverse('enforcement:disputes')}?to_do=true")


def _notices(user: User) -> Iterator[Line]:
    count = notices.items(user).filter(state__in=sorted(OPEN_NOTICES)).count()
    if count:
        title = ngettext(
            "%(shown)s report from outside is to be decided", "%(shown)s reports from outside are to be decided", count
        )
        url = f"{reverse('investigations:notices')}?open=true"
        yield Line("flag", "serious", title % {"shown": count}, "", url)


def _orders(user: User, at: datetime) -> Iterator[Line]:
    """Orders of authorities that nobody has answered."""
    found = orders.visible(user).filter(state__in=sorted(OPEN_ORDERS)).aggregate(n=Count("pk"), first=Min("due_at"))
    if found["n"]:
        title = ngettext(
            "%(shown)s order of an authority is open", "%(shown)s orders of authorities are open", found["n"]
        )
        note = _("The first is due %(when)s.") % {"when": relative(found["first"])}
        tone = "critical" if found["first"] < at else "serious"
        url = f"{reverse('investigations:authority-orders')}?open=true&sort=due_at"
        yield Line("gavel", tone, title % {"shown": found["n"]}, note, url)
    if letters := orders.by_hand(user, at=at).count():
        title = ngettext(
            "%(shown)s letter about an order is to be sent by a person",
            "%(shown)s letters about orders are to be sent by a person",
            letters,
        )
        url = f"{reverse('investigations:authority-orders')}?unsent=true"
        yield Line("mail", "serious", title % {"shown": letters}, "", url)


def _recalls(user: User) -> Iterator[Line]:
    count = recalls.waiting_alerts(user)
    if count:
        title = ngettext(
            "%(shown)s alert has listings to be looked at", "%(shown)s alerts have listings to be looked at", count
        )
        yield Line(
            "megaphone", "critical", title % {"shown": count}, "", f"{reverse('investigations:recalls')}?open=true"
        )


def _approvals(user: User) -> Iterator[Line]:
    waiting = PolicyVersion.objects.filter(state=VersionState.SUBMITTED).exclude(author=user)
    for version in waiting.select_related("policy", "author").order_by("created_at")[:5]:
        title = _("%(policy)s v%(n)s waits for approval") % {"policy": version.policy.number, "n": version.number}
        url = reverse("enforcement:policy-version", args=[version.policy_id, version.number])
        yield Line("policy", "caution", title, _("Asked for by %(who)s.") % {"who": version.author.pseudonym}, url)


def _overturned(at: datetime) -> Iterator[Line]:
    """Rules of whose decisions appeals overturn too many."""
    found = overturned.asking_for_review(since=at - YEAR)[:3]
    for row, policy in zip(found, _policies(row.policy for row in found), strict=True):
        title = _("%(policy)s loses on appeal: read the rule again") % {"policy": policy.number}
        note = _("%(lost)s of %(heard)s decisions were overturned.") % {"lost": row.overturned, "heard": row.heard}
        yield Line("scale", "serious", title, note, f"{reverse('enforcement:policy', args=[row.policy])}#appeals")


def _policies(keys: Iterable[int]) -> list[Policy]:
    """In the order of their keys."""
    wanted = list(keys)
    found = Policy.objects.in_bulk(wanted)
    return [found[key] for key in wanted]


def _sent_back(user: User) -> Iterator[Line]:
    mine = PolicyVersion.objects.filter(state=VersionState.RETURNED, author=user, policy__live=None)
    for version in mine.select_related("policy").order_by("-created_at")[:3]:
        title = _("%(policy)s v%(n)s was sent back") % {"policy": version.policy.number, "n": version.number}
        url = reverse("enforcement:policy-version", args=[version.policy_id, version.number])
        yield Line("comment", "serious", title, _("Read the comment, then draft the next version."), url)


def _sweeps(at: datetime) -> Iterator[Line]:
    stopped = Sweep.objects.filter(state__in=[SweepState.FAILED, SweepState.PAUSED], created_at__gte=at - MONTH)
    for sweep in stopped.order_by("-created_at")[:2]:
        title = _("Sweep %(id)s: %(state)s") % {"id": sweep.pk, "state": sweep.get_state_display()}
        tone = "critical" if sweep.state == SweepState.FAILED else "caution"
        yield Line("sweep", tone, title, _("Go on or cancel it."), reverse("enforcement:sweep", args=[sweep.pk]))
    held = Sweep.objects.filter(policies__held=True, created_at__gte=at - MONTH).order_by("-created_at").first()
    if held is not None:
        title = _("A policy is held by its brake")
        yield Line("pause", "serious", title, _("Look at what it hit."), reverse("enforcement:sweep", args=[held.pk]))


def _waivers(at: datetime) -> Iterator[Line]:
    ending = Waiver.objects.filter(revoked_at__isnull=True, ends_on__range=(at.date(), (at + MONTH).date())).count()
    if ending:
        title = ngettext("%(n)s waiver ends within a month", "%(n)s waivers end within a month", ending) % {"n": ending}
        yield Line("clock", "caution", title, "", reverse("enforcement:policies"))


def _parked() -> Iterator[Line]:
    found = ImportRow.objects.filter(fate=RowFate.PARKED, settled_at__isnull=True).aggregate(
        n=Count("pk"), run=Min("run")
    )
    if found["n"]:
        title = ngettext("%(n)s imported row is parked", "%(n)s imported rows are parked", found["n"]) % {
            "n": found["n"]
        }
        note = _("A category or merchant is not known yet. Settle that, and the rest goes in.")
        yield Line("upload", "caution", title, note, reverse("listings:import", args=[found["run"]]))


def _undelivered() -> Iterator[Line]:
    failed = Message.objects.filter(state=MessageState.FAILED).count()
    if failed:
        title = ngettext("%(n)s message was not delivered", "%(n)s messages were not delivered", failed) % {"n": failed}
        yield Line(
            "mail",
            "critical",
            title,
            _("The merchants do not know of our decisions."),
            f"{reverse('enforcement:decisions')}?undelivered=true",
        )
