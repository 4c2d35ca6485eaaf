"""What a case's page shows of people working on it together: its menu, links, rest, questions, and where it was merged from."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from investigations import permissions
from investigations.enums import LIVE_CASES, WAITING_CASES, CaseState
from investigations.forms.arranging import AnswerForm
from investigations.models import Case, Claim, Question, Snooze
from investigations.queries import family, lines, resting, work


@dataclass(frozen=True)
class Verb:
    """One line of the menu: it opens a dialog, does what it says at once, or leads to a page."""

    label: str
    key: str
    icon: str
    url: str
    at_once: bool = False
    leads: bool = False


def context(request: HttpRequest, case: Case, *, held: Claim | None, mine: bool) -> dict[str, Any]:
    asked = family.questions(case)
    return {
        "may_collect": permissions.can_work_on_investigations(request.user),
        "verbs": menu(request, case, held=held, mine=mine, waiting=work.unsettled(case).count()),
        "related": family.links(case),
        "snooze": resting.of(case) if not case.closed_at else None,
        "questions": [(each, _may_answer(request, each)) for each in asked] if not case.closed_at else [],
        "answer_form": AnswerForm(),
        "standing_words": lines.standing(case) if not case.closed_at else "",
    }


def _may_answer(request: HttpRequest, question: Question) -> bool:
    waits = question.answered_at is None and question.asker_id != request.user.pk
    return waits and permissions.can_answer(request.user, question.asked_of)


def menu(request: HttpRequest, case: Case, *, held: Claim | None, mine: bool, waiting: int) -> list[Verb]:
    """What this person may do with the case as it stands."""
    watching = family.watches(case, request.user.pk)
    found = [
        _verb(case, "unwatch", _("Stop watching"), "f", "eye-off", at_once=True)
        if watching
        else _verb(case, "watch", _("Watch"), "f", "eye", at_once=True)
    ]
    if permissions.can_work(request.user):
        found += _of_workers(request, case, held=held, mine=mine, waiting=waiting)
    if permissions.can_lead(request.user) and case.golden_id is None and not mine:
        found += _of_leads(case, held)
    return found


def _of_leads(case: Case, held: Claim | None) -> list[Verb]:
    asked = f"?ids={case.pk}"
    if held is not None:
        return [Verb(_("Take back"), "v t", "undo", reverse("investigations:team-take-back") + asked, leads=True)]
    if case.state in WAITING_CASES:
        return [Verb(_("Hand to a person"), "v h", "hand", reverse("investigations:team-hand") + asked, leads=True)]
    return []


def _of_workers(request: HttpRequest, case: Case, *, held: Claim | None, mine: bool, waiting: int) -> list[Verb]:
    found = []
    if mine:
        found += [
            _verb(case, "snooze", _("Put aside until …"), "v z", "clock"),
            _verb(case, "ask", _("Ask a senior or Legal"), "q", "hand"),
            Verb(
                _("Give it back and take a break"), "v p", "pause", reverse("investigations:break-take"), at_once=True
            ),
        ]
    if mine and held and held.taken_from == CaseState.HELD:
        found.append(_verb(case, "hand-back", _("Hand back"), "v b", "reply"))
    if case.state in LIVE_CASES:
        if Snooze.objects.filter(case=case, woken_at=None).exists():
            found.append(_verb(case, "wake", _("Wake it now"), "v w", "activity", at_once=True))
        found.append(_verb(case, "merge", _("Merge into another case"), "v m", "layers"))
        if waiting > 1 and (mine or held is None):
            found.append(_verb(case, "split", _("Split listings off"), "v s", "split"))
    elif may_reopen(request, case):
        found.append(_verb(case, "reopen", _("Reopen"), "v o", "refresh"))
    return [*found, _verb(case, "relate", _("Link with another case"), "v l", "link")]


def may_reopen(request: HttpRequest, case: Case) -> bool:
    if not permissions.can_work(request.user):
        return False
    decided = case.case_decisions.filter(person=request.user.pk, undone_at__isnull=True)
    return permissions.can_take_held(request.user) or decided.exists()


def _verb(case: Case, name: str, label: str, key: str, icon: str, **more: Any) -> Verb:
    return Verb(label, key, icon, reverse(f"investigations:case-{name}", args=[case.pk]), **more)
