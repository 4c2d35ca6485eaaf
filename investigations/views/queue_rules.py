"""Queues and the rules by which they take cases: their order, one of them, and what a change would move."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from governance.policies.enums import Measure
from governance.policies.language.description import describe_cases
from governance.web import formats, toasts
from governance.web.access import opens
from governance.web.refusals import Refusal
from investigations import permissions
from investigations.domain import queues
from investigations.enums import Skill
from investigations.filters import language
from investigations.forms.queues import QueueForm, initial_of_queue
from investigations.models import Queue, Rerouting
from investigations.queries import dry_runs, routing
from investigations.queries import queues as figures

LONGEST_RULE = 10_000
NEW = "new"


@dataclass(frozen=True)
class Row:
    """A queue in the list, with the orders that moving it up or down would make."""

    queue: Queue
    name: str
    waiting: int
    check: routing.Check
    up: str
    down: str

    @property
    def hidden(self) -> str:
        return formats.series(str(Measure(value).label) for value in self.queue.hidden_measures)

    @property
    def asks(self) -> str:
        return formats.series(skill.short for skill in Skill if skill in self.queue.asks)


@require_safe
@opens(permissions.can_see_queue)
def page(request: HttpRequest) -> HttpResponse:
    """The queues in their order, or in the one that `order` proposes, which is not saved yet."""
    known = routing.active()
    proposed = _ordered(known, request.GET.get("order", ""))
    context = {
        "rows": _rows(request, proposed),
        "proposed": ",".join(queue.key for queue in proposed[:-1]) if proposed != known else "",
        "may_edit": permissions.can_edit_queues(request.user),
        "rerouting": Rerouting.objects.select_related("asked_by").order_by("-id").first(),
    }
    return render(request, "investigations/queue_rules.html", context)


@require_safe
@opens(permissions.can_edit_queues)
def try_order(request: HttpRequest) -> HttpResponse:
    """What the proposed order would move: a part of the page."""
    proposed = _ordered(routing.active(), request.GET.get("order", ""))
    run = dry_runs.of(proposed, user=request.user, at=timezone.now())
    return render(request, "investigations/_dry_run.html", {"run": run})


@require_POST
@opens(permissions.can_edit_queues)
def save_order(request: HttpRequest) -> HttpResponse:
    move = "move" in request.POST
    keys = [key for key in request.POST.get("order", "").split(",") if key]
    try:
        queues.order(keys=keys, actor=request.user, at=timezone.now(), move=move)  # type: ignore[arg-type]
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        toasts.tell(request, _("The order is saved."), note=_moving(move))
    return redirect("investigations:queue-rules")


@opens(permissions.can_see_queue)
def detail(request: HttpRequest, key: str = "") -> HttpResponse:
    """One queue, or a new one: what it says, and before it is saved what that would move."""
    queue = get_object_or_404(Queue, key=key, removed_at__isnull=True) if key else None
    is_default = queue is not None and queue.is_default
    if request.method != "POST":
        form = QueueForm(is_default=is_default, initial=initial_of_queue(queue) if queue else {"asks": Skill.values})
        return _show(request, queue, form)
    if not permissions.can_edit_queues(request.user):
        return redirect("investigations:queue-rules")
    form = QueueForm(request.POST, is_default=is_default)
    if not form.is_valid():
        return _show(request, queue, form, status=422)
    return _save(request, queue, form, timezone.now())


@require_POST
@opens(permissions.can_see_queue)
def check_rule(request: HttpRequest) -> HttpResponse:
    """What is wrong with a rule, or what it says in words: a part of the page."""
    source = request.POST.get("rule", "").strip()[: LONGEST_RULE + 1]
    return render(request, "investigations/_queue_rule.html", {"source": source, "check": routing.check(source)})


@require_POST
@opens(permissions.can_edit_queues)
def remove(request: HttpRequest, key: str) -> HttpResponse:
    queue = get_object_or_404(Queue, key=key)
    try:
        queues.remove(queue=queue, actor=request.user, at=timezone.now())  # type: ignore[arg-type]
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        told = _("Removed the queue “%(name)s”") % {"name": queue.name_in(language())}
        toasts.tell(request, told, note=_moving(move=True))
    return redirect("investigations:queue-rules")


def _save(request: HttpRequest, queue: Queue | None, form: QueueForm, now: datetime) -> HttpResponse:
    offered = {tag for tag, _name in settings.LANGUAGES}
    kept = {tag: name for tag, name in (queue.names if queue else {}).items() if tag not in offered}
    terms, move = form.terms(kept), "move" in request.POST
    try:
        if "try" in request.POST:
            queues.check(terms, is_default=queue is not None and queue.is_default)
            run = dry_runs.of(_with(queue, terms), user=request.user, at=now)
            return _show(request, queue, form, run=run)
        if queue is None:
            queues.add(terms=terms, actor=request.user, at=now, move=move)  # type: ignore[arg-type]
        else:
            queues.change(queue=queue, terms=terms, actor=request.user, at=now, move=move)  # type: ignore[arg-type]
    except Refusal as refusal:
        _mark(form, refusal)
        return _show(request, queue, form, status=422)
    toasts.tell(request, _("The queue is saved."), note=_moving(move))
    return redirect("investigations:queue-rules")


def _with(queue: Queue | None, terms: queues.Terms) -> list[Queue]:
    """The queues as they would be, unsaved."""
    known = routing.active()
    draft = next((each for each in known if queue and each.pk == queue.pk), None)
    if draft is None:
        draft = Queue(key=NEW, position=known[-1].position)
        known.insert(len(known) - 1, draft)
    draft.names, draft.rule = dict(terms.names), terms.rule
    return known


def _mark(form: QueueForm, refusal: Refusal) -> None:
    for name, text in refusal.errors.items():
        form.add_error(name if name in form.fields else None, str(text))
    if not refusal.errors:
        form.add_error(None, str(refusal))


def _show(
    request: HttpRequest, queue: Queue | None, form: QueueForm, *, run: dry_runs.DryRun | None = None, status: int = 200
) -> HttpResponse:
    source = (form["rule"].value() or "") if "rule" in form.fields else ""
    context = {
        "queue": queue,
        "name": queue.name_in(language()) if queue else "",
        "form": form,
        "source": source,
        "check": routing.check(source),
        "facts": describe_cases(language()),
        "run": run,
        "may_edit": permissions.can_edit_queues(request.user),
    }
    return render(request, "investigations/queue_rule.html", context, status=status)


def _rows(request: HttpRequest, proposed: Sequence[Queue]) -> list[Row]:
    loads = {load.key: load.waiting for load in figures.loads(request.user).queues}
    keys = [queue.key for queue in proposed[:-1]]
    checks = routing.checks(queue.rule for queue in proposed)
    return [
        Row(
            queue=queue,
            name=queue.name_in(language()),
            waiting=loads.get(queue.key, 0),
            check=checks[place],
            up=_swapped(keys, place - 1) if 0 < place < len(keys) else "",
            down=_swapped(keys, place) if place < len(keys) - 1 else "",
        )
        for place, queue in enumerate(proposed)
    ]


def _swapped(keys: Sequence[str], place: int) -> str:
    """The order with what stands at `place` after what follows it."""
    found = list(keys)
    found[place], found[place + 1] = found[place + 1], found[place]
    return ",".join(found)


def _ordered(known: list[Queue], wanted: str) -> list[Queue]:
    """The queues as `wanted` names them; as they are, where that does not name all of them once."""
    by_key = {queue.key: queue for queue in known if not queue.is_default}
    keys = wanted.split(",")
    if sorted(keys) != sorted(by_key):
        return known
    return [*(by_key[key] for key in keys), known[-1]]


def _moving(move: bool) -> str:
    if move:
        return _("Cases are moving now. Each move stands in the log.")
    return _("Cases that wait stay where they are; new ones follow the rules.")


page.section = detail.section = "queue"  # type: ignore[attr-defined]
