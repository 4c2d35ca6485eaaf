"""Investigations: who may read which, and what one has."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet

from governance.accounts.models import User
from governance.accounts.permissions import Anyone
from governance.audit.models import Entry
from investigations import permissions
from investigations.enums import CollectedKind, Handling, InvestigationState
from investigations.models import (
    Case,
    Collected,
    CollectedSearch,
    Custody,
    Finding,
    Investigation,
    InvestigationExhibit,
    InvestigationMember,
    InvestigationNote,
)
from investigations.queries import lines

LINES_SHOWN = 60


@dataclass(frozen=True)
class Happened:
    """A line of the time line: an entry of the log, or a note."""

    at: datetime
    person: User | None
    verb: str
    text: str = ""


def visible(user: Anyone) -> QuerySet[Investigation]:
    """Those on which a person works; all, where they are not kept to some markets."""
    if not permissions.can_read_investigations(user):
        return Investigation.objects.none()
    if permissions.markets(user) is None:
        return Investigation.objects.all()
    return Investigation.objects.filter(_own(user))


def rows(user: Anyone) -> QuerySet[Investigation]:
    """For the list: with how much each has collected."""
    standing = Q(collected__removed_at__isnull=True)
    return (
        visible(user)
        .select_related("opened_by")
        .annotate(things=Count("collected", filter=standing, distinct=True), pieces=Count("exhibits", distinct=True))
    )


def open_for(user: Anyone) -> list[Investigation]:
    """Those to which a person may add something, the newest first."""
    return list(
        Investigation.objects.filter(_own(user), state=InvestigationState.OPEN).order_by("-opened_at", "-id")[:50]
    )


def is_member(investigation: Investigation, user: Anyone) -> bool:
    return investigation.members.filter(person=user.pk).exists()


def members(investigation: Investigation) -> list[InvestigationMember]:
    return list(investigation.members.select_related("person").order_by("since", "id"))


def may_be_taken_in(investigation: Investigation) -> list[User]:
    """People who may work on investigations and do not work on this one yet, by pseudonym."""
    people = User.objects.filter(is_active=True).exclude(
        pk__in=InvestigationMember.objects.filter(investigation=investigation).values("person")
    )
    found = people.prefetch_related("grants").order_by("pseudonym", "pk")
    return [person for person in found if permissions.can_work_on_investigations(person)]


def collected(investigation: Investigation, kind: CollectedKind) -> list[Collected]:
    found = investigation.collected.filter(kind=kind, removed_at__isnull=True)
    related = ("listing__merchant", "merchant", "case__merchant", "added_by")
    return list(found.select_related(*related).order_by("id"))


def headlines(found: Sequence[Collected], language: str) -> dict[int, str]:
    """Of collected cases, the title of their policy, by the case's key."""
    cases: list[Case] = [each.case for each in found if each.case]
    titles = lines.policy_titles({case.policy_id for case in cases if case.policy_id}, language=language)
    return {case.pk: titles.get(case.policy_id or 0, "") for case in cases}


def searches(investigation: Investigation) -> list[CollectedSearch]:
    return list(investigation.searches.select_related("added_by").order_by("ran_at", "id"))


def exhibits(investigation: Investigation) -> list[InvestigationExhibit]:
    """Each with its chain of custody, from its taking on."""
    chain = Prefetch("custody", Custody.objects.select_related("person").order_by("at", "id"))
    return list(investigation.exhibits.select_related("taken_by").prefetch_related(chain).order_by("taken_at", "id"))


def findings(investigation: Investigation) -> list[Finding]:
    found = investigation.findings.select_related("written_by", "policy")
    return list(found.prefetch_related(Prefetch("cases", Case.objects.order_by("pk"))).order_by("written_at", "id"))


def notes(investigation: Investigation) -> list[InvestigationNote]:
    return list(investigation.notes.select_related("author").order_by("written_at", "id"))


def time_line(investigation: Investigation, *, most: int | None = LINES_SHOWN) -> list[Happened]:
    """What the log says and what was noted as one, the newest first. A note stands once, in its own words."""
    log = Entry.objects.filter(subject_kind="investigation", subject_id=investigation.pk)
    written = {each.pk: each.text for each in notes(investigation)}
    return [
        Happened(entry.at, entry.actor, entry.verb, written.get(entry.data.get("note", 0), "") or _about(entry))
        for entry in log.select_related("actor").order_by("-at", "-id")[:most]
    ]


def _about(entry: Entry) -> str:
    """The part of an entry that says most."""
    data = entry.data
    if handling := data.get("handling"):
        return f"{data.get('title', '')}: {Handling(handling).label}"
    for key in ("title", "person", "reason", "cases"):
        if value := data.get(key):
            return ", ".join(value) if isinstance(value, list) else str(value)
    return ""


def _own(user: Anyone) -> Exists:
    return Exists(InvestigationMember.objects.filter(investigation=OuterRef("pk"), person=user.pk))
