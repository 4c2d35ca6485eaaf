"""The reporter's page: a signed link, no account. They read what was decided and may appeal against it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from enforcement.domain.links import LinkBroken
from enforcement.forms.appeal import WordsForm
from enforcement.language.words import Words
from enforcement.views import letter, throttle
from enforcement.views.statement import View, by_signed_link, frame
from governance.web.refusals import Refusal
from investigations.domain import notice_mail, notices
from investigations.enums import NoticeState
from investigations.models import Notice, NoticeItem, NoticeMove
from investigations.queries import notices as queries

KEY_DIGITS = 19
"""So many digits are no key."""


def by_link(rate: throttle.Rate) -> Callable[[View], View]:
    """Open a view of one notice by its link."""
    return by_signed_link(
        rate,
        load=_load,
        language=lambda notice: notice.language,
        given=lambda notice, words, token: [notice, words, token],
    )


def _load(token: str) -> Notice | None:
    try:
        reference = notice_mail.reference_of(token)
    except LinkBroken:
        return None
    return Notice.objects.select_related("reporter").filter(reference=reference).first()


@require_safe
@by_link(throttle.READS)
def page(request: HttpRequest, notice: Notice, words: Words, token: str) -> HttpResponse:
    """What was reported, what was decided and why."""
    return _page(request, notice, words, token, WordsForm(words=words))


@require_POST
@by_link(throttle.WRITES)
def appeal(request: HttpRequest, notice: Notice, words: Words, token: str) -> HttpResponse:
    """Appeal about one thing that was reported. Sent twice it is one appeal."""
    form = WordsForm(request.POST, words=words)
    back = f"{reverse('investigations:reported', args=[token])}?lang={words.language}"
    named = request.POST.get("item", "")
    ended = notice.items.filter(state=NoticeState.NO_ACTION).order_by("pk")
    item = (ended.filter(pk=int(named)) if named.isdecimal() and len(named) < KEY_DIGITS else ended).first()
    if item is None:
        return redirect(back)
    if form.is_valid():
        try:
            notices.appeal(item=item, text=form.cleaned_data["text"], at=timezone.now())
        except Refusal:
            form.add_error(None, words("error.refused"))
        else:
            return redirect(back)
    return _page(request, notice, words, token, form, wrong=item.pk, status=422)


@dataclass(frozen=True)
class Told:
    """One thing that was reported, with what was said about it, the oldest first, and until when it may be appealed against."""

    item: NoticeItem
    turns: list[tuple[NoticeMove, str]]
    closes_at: datetime | None
    may_appeal: bool
    form: WordsForm


def _page(
    request: HttpRequest,
    notice: Notice,
    words: Words,
    token: str,
    form: WordsForm,
    *,
    wrong: int = 0,
    status: int = 200,
) -> HttpResponse:
    items = list(notice.items.select_related("listing", "merchant").order_by("pk"))
    told = _told(items, words, form, wrong)
    context = {
        "notice": notice,
        "words": words,
        "token": token,
        "told": told,
        "appealed": [item for item in items if item.state == NoticeState.APPEALED],
        "waiting": [item for item in items if item.state == NoticeState.RECEIVED],
        "files": list(notice.files.order_by("pk").values_list("name", flat=True)),
        "page": {"languages": letter.languages()},
    }
    return render(request, "investigations/reported.html", context | frame(words.language), status=status)


def _told(items: list[NoticeItem], words: Words, form: WordsForm, wrong: int) -> list[Told]:
    turns: dict[int, list[NoticeMove]] = {}
    for move in reversed(queries.moves(items)):
        turns.setdefault(move.item_id, []).append(move)
    found = []
    for item in items:
        decided = [move.moved_at for move in turns[item.pk] if move.to_state == NoticeState.NO_ACTION]
        closes_at = queries.closes_after(decided[-1]) if item.state == NoticeState.NO_ACTION else None
        found.append(
            Told(
                item=item,
                turns=[(move, notice_mail.kind(move.from_state, move.to_state)) for move in turns[item.pk]],
                closes_at=closes_at,
                may_appeal=closes_at is not None and timezone.now() <= closes_at,
                form=form if item.pk == wrong else WordsForm(words=words),
            )
        )
    return found
