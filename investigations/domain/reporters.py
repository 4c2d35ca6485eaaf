"""Reporters: put on record with their first notice, trusted flaggers entered by hand, and who misuses notices warned, then suspended."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from governance.accounts.enums import Kind
from governance.accounts.models import User
from governance.audit.domain import entries
from governance.policies.enums import Matter
from governance.web.refusals import MoveRefused, Refusal
from investigations.domain import notice_mail
from investigations.domain.acting import LONGEST, ReasonsMissing, check_person
from investigations.enums import REPORTER_MOVES, NoticeGround, ReporterKind, ReporterState
from investigations.models import Reporter, ReporterMove, ReporterRight

LONGEST_SUSPENSION_DAYS = 365


class Known(Refusal):
    """Another trusted flagger has this address or this key."""


@dataclass(frozen=True)
class Award:
    """A trusted flagger as its coordinator has awarded it (DSA Art. 22(2)). No areas: all of them; no last day: until it is revoked."""

    name: str
    email: str
    language: str
    coordinator: str
    areas: Collection[Matter]
    valid_from: date
    valid_to: date | None = None
    user: User | None = None


def on_record(
    *,
    kind: ReporterKind,
    name: str,
    email: str,
    language: str,
    user: User | None,
    flagger: Reporter | None,
    at: datetime,
) -> Reporter | None:
    """The row of whoever reports; nothing where they give no address. The key of a trusted flagger speaks for it."""
    if flagger is None and user is not None and user.kind == Kind.SERVICE:
        flagger = Reporter.objects.filter(user=user).first()
    if flagger is not None:
        return flagger
    address = email.strip().lower()
    if not address:
        return None
    reporter, made = Reporter.objects.exclude(kind=ReporterKind.FLAGGER).get_or_create(
        email=address, defaults={"kind": kind, "name": name.strip(), "language": language, "created_at": at}
    )
    if not made and kind == ReporterKind.RIGHTS_HOLDER and reporter.kind != kind:
        reporter.kind = kind
        reporter.save(update_fields=["kind"])
    return reporter


def kind_of(reporter: Reporter | None, asked: ReporterKind, ground: NoticeGround, at: datetime) -> ReporterKind:
    """What the sender of a notice is: a trusted flagger in its areas and days alone (DSA Art. 22(1)), outside them an organisation."""
    if reporter is None:
        return ReporterKind.ANONYMOUS
    if reporter.kind == ReporterKind.FLAGGER:
        return ReporterKind.FLAGGER if reporter.is_trusted(ground, at.date()) else ReporterKind.PERSON
    return ReporterKind.PERSON if asked in (ReporterKind.ANONYMOUS, ReporterKind.FLAGGER) else asked


def claim_right(*, reporter: Reporter, brand: str, register_number: str, at: datetime) -> ReporterRight:
    """Put on record which right they say is theirs. The same twice is one."""
    right, _made = ReporterRight.objects.get_or_create(
        reporter=reporter,
        brand=brand.strip(),
        register_number=register_number.strip(),
        defaults={"added_at": at},
    )
    return right


@transaction.atomic
def enter_flagger(*, award: Award, actor: User, at: datetime, flagger: Reporter | None = None) -> Reporter:
    """Enter a trusted flagger, or (`flagger`) put right what stands of one. What it has sent before stays as it came."""
    row = Reporter.objects.select_for_update().get(pk=flagger.pk) if flagger else Reporter(created_at=at)
    if flagger and row.kind != ReporterKind.FLAGGER:
        raise Refusal(_("This is no trusted flagger."))
    if not award.coordinator.strip():
        raise Refusal(_("Name the coordinator that awarded the status."), errors={"coordinator": _("Missing.")})
    if award.valid_to is not None and award.valid_to < award.valid_from:
        raise Refusal(_("The status ends before it begins."), errors={"valid_to": _("Before the first day.")})
    row.kind, row.name, row.email = ReporterKind.FLAGGER, award.name.strip(), award.email.strip().lower()
    row.language, row.coordinator = award.language, award.coordinator.strip()
    row.areas = sorted(award.areas)
    row.valid_from, row.valid_to, row.user = award.valid_from, award.valid_to, award.user
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:
        raise Known(_("Another trusted flagger has this address or this key.")) from None
    data = {"coordinator": row.coordinator, "areas": row.areas, "valid_from": row.valid_from, "valid_to": row.valid_to}
    _record("reporter.changed" if flagger else "reporter.entered", row, actor, at, **data)
    return row


@transaction.atomic
def warn(*, reporter: Reporter, reasons: str, actor: User, at: datetime) -> Reporter:
    """Tell a reporter whose notices are often manifestly unfounded that they will be suspended if it goes on (DSA Art. 23(2))."""
    return _by_person(reporter, ReporterState.WARNED, reasons, None, actor, at)


@transaction.atomic
def suspend(*, reporter: Reporter, reasons: str, until: datetime, actor: User, at: datetime) -> Reporter:
    """Set aside what a warned reporter sends, until a day. Raises MoveRefused where there was no warning."""
    if not 0 < (until - at).total_seconds() <= LONGEST_SUSPENSION_DAYS * 86_400:
        raise Refusal(_("Choose an end within a year."), errors={"until": _("Within a year.")})
    return _by_person(reporter, ReporterState.SUSPENDED, reasons, until, actor, at)


@transaction.atomic
def forgive(*, reporter: Reporter, reasons: str, actor: User, at: datetime) -> Reporter:
    """Take back a warning, or end a suspension before its time; the warning then stands still."""
    locked = _lock(reporter)
    to = ReporterState.WARNED if locked.state == ReporterState.SUSPENDED else ReporterState.GOOD
    return _by_person(reporter, to, reasons, None, actor, at)


def end_suspensions(*, at: datetime) -> int:
    """End those whose time is over; returns how many."""
    over = Reporter.objects.filter(state=ReporterState.SUSPENDED, suspended_until__lte=at).order_by("pk")
    return sum(_end(reporter, at) for reporter in over)


@transaction.atomic
def _end(reporter: Reporter, at: datetime) -> int:
    locked = _lock(reporter)
    if locked.state != ReporterState.SUSPENDED or locked.is_suspended(at):
        return 0
    _move(locked, ReporterState.WARNED, reasons="", until=None, actor=None, at=at)
    _record("reporter.suspension_ended", locked, None, at)
    return 1


def _by_person(
    reporter: Reporter, to: ReporterState, reasons: str, until: datetime | None, actor: User, at: datetime
) -> Reporter:
    if not reasons.strip() or len(reasons) > LONGEST:
        raise ReasonsMissing(
            _("Write the reasons, in at most 10,000 characters."), errors={"reasons": _("Missing or too long.")}
        )
    check_person(actor)
    locked = _lock(reporter)
    was = locked.state
    _move(locked, to, reasons=reasons.strip(), until=until, actor=actor, at=at)
    verb = {ReporterState.SUSPENDED: "reporter.suspended", ReporterState.GOOD: "reporter.warning_withdrawn"}.get(
        to, "reporter.suspension_lifted" if was == ReporterState.SUSPENDED else "reporter.warned"
    )
    _record(verb, locked, actor, at, **({"until": until} if until else {}))
    return locked


def _lock(reporter: Reporter) -> Reporter:
    return Reporter.objects.select_for_update(of=("self",)).get(pk=reporter.pk)


def _move(
    reporter: Reporter, to: ReporterState, *, reasons: str, until: datetime | None, actor: User | None, at: datetime
) -> None:
    """Check, write, record, tell them. The only function that writes a reporter's state."""
    was = ReporterState(reporter.state)
    if to not in REPORTER_MOVES[was]:
        raise MoveRefused(
            _("%(reporter)s is “%(state)s” and cannot become “%(to)s”.")
            % {"reporter": reporter, "state": was.label, "to": to.label}
        )
    reporter.state, reporter.suspended_until = to, until
    reporter.save(update_fields=["state", "suspended_until"])
    move = ReporterMove.objects.create(
        reporter=reporter, from_state=was, to_state=to, reasons=reasons, until=until, actor=actor, moved_at=at
    )
    notice_mail.owe_standing(reporter=reporter, move=move, at=at)


def _record(verb: str, reporter: Reporter, actor: User | None, at: datetime, **data: object) -> None:
    """By number: the log names nobody who reported."""
    entries.record(
        verb=verb,
        actor=actor,
        subject_kind="reporter",
        subject_id=reporter.pk,
        subject_ref=f"R-{reporter.pk}",
        data=data,
        at=at,
    )
