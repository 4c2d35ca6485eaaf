"""Watching a case, and saying that two belong together."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from governance.accounts.models import User
from governance.web.refusals import MoveRefused, Refusal
from investigations.domain import moves
from investigations.models import Case, CaseLink, Watch


@transaction.atomic
def watch(*, case: Case, actor: User, at: datetime) -> Watch:
    watching, new = Watch.objects.get_or_create(case=case, person=actor, defaults={"since": at})
    if new:
        moves.record("case.watched", case, actor=actor, at=at)
    return watching


@transaction.atomic
def stop(*, case: Case, actor: User, at: datetime) -> None:
    gone, _each = Watch.objects.filter(case=case, person=actor).delete()
    if gone:
        moves.record("case.unwatched", case, actor=actor, at=at)


@transaction.atomic
def link(*, case: Case, other: Case, why: str, actor: User, at: datetime) -> CaseLink:
    """Relate two cases, both ways, with a word why. Twice is once."""
    if not why.strip():
        raise Refusal(_("Say in a few words why they belong together."))
    if case.pk == other.pk:
        raise Refusal(_("A case belongs with itself already. Name another."))
    first, second = sorted(moves.lock_both(case, other), key=lambda each: each.pk)
    made, new = CaseLink.objects.get_or_create(
        first=first,
        second=second,
        ended_at=None,
        defaults={"why": why.strip()[:200], "linked_by": actor, "linked_at": at},
    )
    if new:
        moves.record("case.linked", first, actor=actor, at=at, data={"case": str(second), "reason": made.why})
        moves.record("case.linked", second, actor=actor, at=at, data={"case": str(first), "reason": made.why})
    return made


@transaction.atomic
def unlink(*, link: CaseLink, actor: User, at: datetime) -> CaseLink:
    link = CaseLink.objects.select_for_update(of=("self",)).select_related("first", "second").get(pk=link.pk)
    if link.ended_at is not None:
        raise MoveRefused(_("They are not linked any more."))
    link.ended_at = at
    link.save(update_fields=["ended_at"])
    moves.record("case.unlinked", link.first, actor=actor, at=at, data={"case": str(link.second)})
    moves.record("case.unlinked", link.second, actor=actor, at=at, data={"case": str(link.first)})
    return link
