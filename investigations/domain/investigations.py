"""Investigations: opened with a question, worked on by their members, concluded with an answer; concluded, they may be taken up again.

Every verb of a member locks the investigation first, refuses one that is concluded, and writes a line of its log: merged with the
notes, those lines are its time line.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from governance.accounts.models import User
from governance.audit.domain import entries
from governance.web.refusals import MoveRefused, Refusal
from investigations import permissions
from investigations.enums import INVESTIGATION_MOVES, CollectedKind, InvestigationState
from investigations.models import (
    Case,
    Collected,
    CollectedSearch,
    Investigation,
    InvestigationMember,
    InvestigationNote,
    LinkGroup,
    SearchRun,
)
from listings.models import Listing, Merchant

MOST_AT_ONCE = 500
LONGEST_TITLE, LONGEST_REASON = 160, 300


class NotAMember(Refusal):
    """Only its members work on an investigation."""


class Unfounded(Refusal):
    """An investigation ends with an answer that stands on a finding."""


@transaction.atomic
def open_new(*, title: str, question: str, actor: User, at: datetime) -> Investigation:
    """Whoever opens it is its first member."""
    title, question = " ".join(title.split()), question.strip()
    if not title or len(title) > LONGEST_TITLE:
        raise Refusal(_("Give it a title of at most 160 characters."), errors={"title": _("1 to 160 characters.")})
    if not question:
        raise Refusal(_("Say what is to be found out."), errors={"question": _("One sentence is enough.")})
    opened = Investigation.objects.create(title=title, question=question, opened_by=actor, opened_at=at)
    InvestigationMember.objects.create(investigation=opened, person=actor, since=at)
    record("investigation.opened", opened, actor=actor, at=at, data={"title": title})
    return opened


@transaction.atomic
def take_in(*, investigation: Investigation, person: User, actor: User, at: datetime) -> InvestigationMember:
    """Let somebody work on it, too."""
    investigation = lock_open(investigation, actor)
    if not permissions.can_work_on_investigations(person):
        raise Refusal(_("%(person)s may not work on investigations.") % {"person": person.pseudonym})
    member, new = InvestigationMember.objects.get_or_create(
        investigation=investigation, person=person, defaults={"since": at}
    )
    if new:
        record("investigation.joined", investigation, actor=actor, at=at, data={"person": person.pseudonym})
    return member


@transaction.atomic
def note(*, investigation: Investigation, text: str, actor: User, at: datetime) -> InvestigationNote:
    investigation = lock_open(investigation, actor)
    if not text.strip():
        raise Refusal(_("The note is empty."))
    written = InvestigationNote.objects.create(
        investigation=investigation, author=actor, text=text.strip(), written_at=at
    )
    record("investigation.noted", investigation, actor=actor, at=at, data={"note": written.pk})
    return written


# --- collecting ------------------------------------------------------------------------------------


@transaction.atomic
def collect(
    *,
    investigation: Investigation,
    actor: User,
    at: datetime,
    listings: Sequence[Listing] = (),
    merchants: Sequence[Merchant] = (),
    cases: Sequence[Case] = (),
    groups: Sequence[LinkGroup] = (),
    reason: str = "",
) -> int:
    """Add what is not there yet; returns how much was."""
    investigation = lock_open(investigation, actor)
    if len(listings) + len(merchants) + len(cases) + len(groups) > MOST_AT_ONCE:
        raise Refusal(_("At most 500 at once. Keep the search instead: it is added with its result."))
    of: dict[str, Any] = {
        "investigation": investigation,
        "reason": " ".join(reason.split())[:LONGEST_REASON],
        "added_by": actor,
        "added_at": at,
    }
    rows = [Collected(kind=CollectedKind.LISTING, listing=each, **of) for each in listings]
    rows += [Collected(kind=CollectedKind.MERCHANT, merchant=each, **of) for each in merchants]
    rows += [Collected(kind=CollectedKind.CASE, case=each, **of) for each in cases]
    rows += [Collected(kind=CollectedKind.GROUP, merchant=each.hub, content=_as_it_is(each), **of) for each in groups]
    before = _standing(investigation).count()
    Collected.objects.bulk_create(rows, ignore_conflicts=True)
    added = _standing(investigation).count() - before
    if added:
        what = {"listings": len(listings), "merchants": len(merchants), "cases": len(cases), "groups": len(groups)}
        data = {name: count for name, count in what.items() if count} | {"reason": of["reason"]}
        record("investigation.collected", investigation, actor=actor, at=at, data=data | {"added": added})
    return added


@transaction.atomic
def drop(*, collected: Collected, actor: User, at: datetime) -> Collected:
    """What was collected by mistake; the log keeps that it was."""
    investigation = lock_open(collected.investigation, actor)
    if collected.removed_at is not None:
        raise MoveRefused(_("Somebody has taken this out already."))
    collected.removed_at = at
    collected.save(update_fields=["removed_at"])
    data = {"collected": collected.pk, "kind": collected.kind}
    record("investigation.dropped", investigation, actor=actor, at=at, data=data)
    return collected


@transaction.atomic
def keep_search(
    *, investigation: Investigation, run: SearchRun, title: str, actor: User, at: datetime
) -> CollectedSearch:
    """A search with its result as it was: the history of the team forgets it, the investigation does not."""
    investigation = lock_open(investigation, actor)
    title = " ".join(title.split())[:LONGEST_TITLE]
    if not title:
        raise Refusal(_("Say what the search shows."))
    kept = CollectedSearch.objects.create(
        investigation=investigation,
        title=title,
        kind=run.kind,
        query=run.query,
        found=run.found,
        sha256=run.sha256,
        ran_at=run.ran_at,
        added_by=actor,
    )
    data = {"title": title, "found": run.found, "sha256": run.sha256}
    record("investigation.search_kept", investigation, actor=actor, at=at, data=data)
    return kept


def _standing(investigation: Investigation) -> QuerySet[Collected]:
    return Collected.objects.filter(investigation=investigation, removed_at__isnull=True)


def _as_it_is(group: LinkGroup) -> dict[str, Any]:
    members = Merchant.objects.filter(link_risk__group=group).order_by("pk").values_list("public_id", flat=True)
    return {"merchants": list(members), "risk": round(group.risk, 2), "kinds": group.kinds}


# --- states ----------------------------------------------------------------------------------------


@transaction.atomic
def conclude(*, investigation: Investigation, conclusion: str, actor: User, at: datetime) -> Investigation:
    """Raises Unfounded without a finding or an answer."""
    investigation = lock_open(investigation, actor)
    if not conclusion.strip():
        raise Unfounded(_("Write what was found out: it is read before everything else."))
    if not investigation.findings.exists():
        raise Unfounded(
            _("Write a finding first: which cases are opened, which policy is proposed, or that nothing follows.")
        )
    investigation.conclusion = conclusion.strip()
    _move(investigation, InvestigationState.CONCLUDED, at=at)
    record("investigation.concluded", investigation, actor=actor, at=at)
    return investigation


@transaction.atomic
def take_up_again(*, investigation: Investigation, reason: str, actor: User, at: datetime) -> Investigation:
    investigation = lock(investigation, actor)
    if not reason.strip():
        raise Refusal(_("Say why it is taken up again."))
    _move(investigation, InvestigationState.OPEN, at=at)
    record("investigation.reopened", investigation, actor=actor, at=at, data={"reason": reason.strip()})
    return investigation


def lock(investigation: Investigation, actor: User) -> Investigation:
    """As it stands now, held until the transaction ends. Raises NotAMember."""
    locked = Investigation.objects.select_for_update().get(pk=investigation.pk)
    if not locked.members.filter(person=actor).exists():
        raise NotAMember(_("You are not a member of %(number)s. A member can take you in.") % {"number": locked})
    return locked


def lock_open(investigation: Investigation, actor: User) -> Investigation:
    """Raises MoveRefused of one that is concluded."""
    locked = lock(investigation, actor)
    if locked.state != InvestigationState.OPEN:
        raise MoveRefused(_("%(number)s is concluded. Take it up again first.") % {"number": locked})
    return locked


def record(
    verb: str, investigation: Investigation, *, actor: User, at: datetime, data: Mapping[str, Any] | None = None
) -> None:
    entries.record(
        verb=verb,
        actor=actor,
        subject_kind="investigation",
        subject_id=investigation.pk,
        subject_ref=str(investigation),
        data=data,
        at=at,
    )


def _move(investigation: Investigation, to: InvestigationState, *, at: datetime) -> None:
    was = InvestigationState(investigation.state)
    if to not in INVESTIGATION_MOVES[was]:
        raise MoveRefused(
            _("%(number)s is “%(state)s” already.") % {"number": investigation, "state": InvestigationState(to).label}
        )
    investigation.state = to
    investigation.concluded_at = at if to == InvestigationState.CONCLUDED else None
    investigation.save(update_fields=["state", "concluded_at", "conclusion"])
