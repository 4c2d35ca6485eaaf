"""The reporter's page: a signed link, no account. They read what was decided and may appeal against it."""

from collections.abc import Callable

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
from investigations.models import Notice
from investigations.queries import notices as queries


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
    return Notice.objects.select_related("listing__merchant").filter(reference=reference).first()


@require_safe
@by_link(throttle.READS)
def page(request: HttpRequest, notice: Notice, words: Words, token: str) -> HttpResponse:
    """What was reported, what was decided and why."""
    return _page(request, notice, words, token, WordsForm(words=words))


@require_POST
@by_link(throttle.WRITES)
def appeal(request: HttpRequest, notice: Notice, words: Words, token: str) -> HttpResponse:
    """Appeal. Sent twice it is one appeal."""
    form = WordsForm(request.POST, words=words)
    back = f"{reverse('investigations:reported', args=[token])}?lang={words.language}"
    if notice.state != NoticeState.NO_ACTION:
        return redirect(back)
    if form.is_valid():
        try:
            notices.appeal(notice=notice, text=form.cleaned_data["text"], at=timezone.now())
        except Refusal:
            form.add_error(None, words("error.refused"))
        else:
            return redirect(back)
    return _page(request, notice, words, token, form, status=422)


def _page(
    request: HttpRequest, notice: Notice, words: Words, token: str, form: WordsForm, *, status: int = 200
) -> HttpResponse:
    appealable = notice.state == NoticeState.NO_ACTION
    closes_at = queries.closes_at(notice) if appealable else None
    context = {
        "notice": notice,
        "words": words,
        "token": token,
        "form": form,
        "page": {"languages": letter.languages()},
        "moves": [(move, notice_mail.kind(move)) for move in reversed(queries.moves(notice))],
        "closes_at": closes_at,
        "may_appeal": closes_at is not None and timezone.now() <= closes_at,
    }
    return render(request, "investigations/reported.html", context | frame(words.language), status=status)
