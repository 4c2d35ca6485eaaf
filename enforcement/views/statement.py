"""The merchant's page: a signed link, no account. They read the decision, appeal, and see what became of it."""

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from datetime import UTC
from functools import wraps
from typing import Any, TypeVar

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from enforcement.domain import appeals, clarifications, files, papers
from enforcement.domain.files import Sent
from enforcement.enums import AppealChannel
from enforcement.forms.appeal import AnswerForm, AppealForm
from enforcement.language.words import SOURCE, Words
from enforcement.views import letter, throttle
from enforcement.views.letter import Letter
from enforcement.views.papers import papers_response
from governance.web import formats
from governance.web.refusals import Refusal

View = Callable[..., HttpResponse]
Found = TypeVar("Found")


def by_signed_link(
    rate: throttle.Rate,
    *,
    load: Callable[[str], Found | None],
    language: Callable[[Found], str],
    given: Callable[[Found, Words, str], Sequence[Any]],
) -> Callable[[View], View]:
    """Open a view by a signed link: counted, in the reader's language, kept from caches and search engines.

    `load` finds what the token is for, `language` is the one it was written in, and `given` is what the view takes after the request.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        @never_cache
        def opened(request: HttpRequest, token: str) -> HttpResponse:
            found = load(token)
            accepted = translation.get_language_from_request(request)
            words = letter.words_of(request, language(found) if found is not None else accepted)
            with ExitStack() as stack:
                stack.enter_context(translation.override(words.language))
                stack.enter_context(timezone.override(UTC))
                if found is None:
                    response = apology(request, words, "not_found", 404)
                elif throttle.exceeded(rate, token):
                    response = apology(request, words, "throttled", 429)
                else:
                    response = view(request, *given(found, words, token))
            response["X-Robots-Tag"] = "noindex, nofollow, noarchive"
            return response

        return opened

    return decorate


def by_link(rate: throttle.Rate) -> Callable[[View], View]:
    """Open a view of one decision by its link."""
    return by_signed_link(
        rate,
        load=letter.load,
        language=lambda decision: decision.statement.language,
        given=lambda decision, words, token: [Letter(decision, words, token, timezone.now())],
    )


@require_safe
@by_link(throttle.READS)
def statement(request: HttpRequest, page: Letter) -> HttpResponse:
    """The decision as it was explained when it was made, and how things stand now."""
    return _page(request, page, AppealForm(words=page.words, contestable=page.contestable))


@require_safe
@by_link(throttle.PAPERS)
def paper(request: HttpRequest, page: Letter) -> HttpResponse:
    """The statement as PDF. Where none can be made, the page says so."""
    if not papers.available():
        return _page(request, page, AppealForm(words=page.words, contestable=page.contestable), status=503)
    return papers_response(page.decision.statement)


@require_POST
@by_link(throttle.WRITES)
def file(request: HttpRequest, page: Letter) -> HttpResponse:
    """Appeal. Sent twice it is one appeal: the second time finds the first and shows it."""
    form = AppealForm(request.POST, request.FILES, words=page.words, contestable=page.contestable)
    if page.may_withdraw:
        return _back(page)
    if not form.is_valid():
        return _page(request, page, form, status=422)
    try:
        appeals.file(
            decision=page.decision,
            items=None if form.cleaned_data["whole_event"] else form.cleaned_data["items"],
            whole_event=form.cleaned_data["whole_event"],
            text=form.cleaned_data["text"],
            language=page.words.language,
            sent=[Sent(each.name or "", each.chunks()) for each in form.cleaned_data["proof"]],
            channel=AppealChannel.PAGE,
            actor=None,
            at=timezone.now(),
        )
    except appeals.AppealOpen:
        return _back(page)
    except files.FileRefused as refusal:
        form.add_error("proof", page.words(f"error.{refusal.problem}", name=refusal.name))
    except Refusal:
        form.add_error(None, page.words("error.refused"))
    else:
        return _back(page)
    return _page(request, page, form, status=422)


@require_POST
@by_link(throttle.WRITES)
def answer(request: HttpRequest, page: Letter) -> HttpResponse:
    """Answer the question about the appeal. Sent twice it is one answer."""
    form = AnswerForm(request.POST, request.FILES, words=page.words)
    if page.appeal is None or page.question is None:
        return _back(page)
    if form.is_valid():
        try:
            clarifications.answer(
                appeal=page.appeal,
                text=form.cleaned_data["text"],
                sent=[Sent(each.name or "", each.chunks()) for each in form.cleaned_data["proof"]],
                channel=AppealChannel.PAGE,
                actor=None,
                at=timezone.now(),
            )
        except files.FileRefused as refusal:
            form.add_error("proof", page.words(f"error.{refusal.problem}", name=refusal.name))
        except Refusal:
            form.add_error(None, page.words("question.refused"))
        else:
            return _back(page)
    unsent = AppealForm(words=page.words, contestable=page.contestable)
    return _page(request, page, unsent, answer=form, status=422)


@require_POST
@by_link(throttle.WRITES)
def withdraw(request: HttpRequest, page: Letter) -> HttpResponse:
    """Take the open appeal back; without one there is nothing to do."""
    if page.appeal is not None and page.may_withdraw:
        appeals.withdraw(appeal=page.appeal, actor=None, at=timezone.now())
    return _back(page)


def _page(
    request: HttpRequest, page: Letter, form: AppealForm, *, answer: AnswerForm | None = None, status: int = 200
) -> HttpResponse:
    answer = answer or AnswerForm(words=page.words)
    context: dict[str, Any] = {"page": page, "words": page.words, "form": form, "answer": answer}
    context["has_paper"] = papers.available()
    return render(request, "enforcement/statement.html", context | frame(page.words.language), status=status)


def apology(request: HttpRequest, words: Any, key: str, status: int, *, section: str = "page") -> HttpResponse:
    context = {"words": words, "title": words(f"{section}.{key}"), "text": words(f"{section}.{key}_text")}
    return render(request, "enforcement/statement_apology.html", context | frame(words.language), status=status)


def frame(tag: str) -> dict[str, str]:
    return {"page_language": tag, "page_direction": formats.direction(tag or SOURCE)}


def _back(page: Letter) -> HttpResponse:
    address = reverse("enforcement:statement", args=[page.token])
    return redirect(f"{address}?lang={page.words.language}#appeal")
