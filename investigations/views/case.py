"""One case: its evidence, the policy beside it, the decision as it stands, the merchant below."""

from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from enforcement.domain import letters, statements
from enforcement.models import Statement
from governance.accounts.views.acting import person
from governance.web.access import opens
from governance.web.refusals import Refusal
from investigations import permissions
from investigations.domain import cases, telling
from investigations.enums import LIVE_CASES, CaseState
from investigations.filters import language
from investigations.forms import DecideForm, FileForm, LinkForm, NoteForm, ReasonForm
from investigations.models import Case, CaseItem, Claim
from investigations.queries import changes, consumers, exhibits, family, lines, merchants, notices, panel, trail, work
from investigations.queries import golden as golden_cases
from investigations.views import case_notices, deciding, giving, link_words, together, verdicts, words

TABS = ("listings", "settled", "notices", "changes", "notes", "evidence", "linked")
HISTORY_SHOWN = 4
NOTICES_SHOWN = 200


def load(request: HttpRequest, pk: int) -> Case:
    """The case, when the person may read it."""
    rows = work.visible_cases(request.user).select_related("merchant", "policy", "queue")
    return get_object_or_404(rows, pk=pk)


@opens(permissions.can_open_case)
def detail(request: HttpRequest, pk: int, tab: str = "listings") -> HttpResponse:
    case = load(request, pk)
    if tab not in TABS or (tab == "linked" and not permissions.can_see_merchants(request.user)):
        raise Http404
    if case.merged_into_id and (elsewhere := _goes_on(request, case)):
        return elsewhere
    if request.user.is_authenticated:
        telling.read_about(person=person(request), case=case, at=timezone.now())
    if request.htmx:  # type: ignore[attr-defined]
        return render(request, "investigations/_case_pane.html", pane(request, case, tab))
    return show(request, case, tab=tab)


def show(
    request: HttpRequest,
    case: Case,
    *,
    tab: str = "listings",
    form: DecideForm | None = None,
    dialog: Any = None,
    status: int = 200,
) -> HttpResponse:
    """The whole page. `form` is what was entered, where it was refused; `dialog` is open on it."""
    now = timezone.now()
    held = Claim.objects.filter(case=case, ended_at__isnull=True).select_related("person").first()
    mine = held is not None and held.person_id == request.user.pk and held.expires_at > now
    line = lines.of([case], language=language(), at=now)[case.pk]
    past = merchants.history(case.merchant, limit=HISTORY_SHOWN, until=golden_cases.judged_from(case))
    titles = lines.policy_titles({each.decision.version.policy_id for each in past}, language=language())
    shown = pane(request, case, tab)
    context = shown | {
        "heading": lines.heading(line, case.merchant.name),
        "line": line,
        "clock": lines.clock(case.due_at, at=now),
        "claim": held,
        "mine": mine,
        "lost": form is not None and not mine,
        "may_take": _may_take(request, case, held, now),
        "may_work": permissions.can_work(request.user),
        "may_check": permissions.can_work(request.user) and work.listings_of(case).exists(),
        "standing": merchants.standing(case.merchant, request.user, at=now),
        "history": words.history(past, titles),
        "queue_name": case.queue.name_in(language()),
        **_rulings(request, case),
        "golden_reading": golden_cases.reading_of(case) if case.golden_id and case.closed_at else None,
        "may_keep_golden": permissions.can_settle_reviews(request.user) and golden_cases.can_be_kept(case),
        "held_reason": trail.held_because(case) if case.state == CaseState.HELD else "",
        "dialog": dialog,
        "calendar": lines.calendar(case),
        "tired": giving.tired(request.user, work.standing(request.user, at=now), at=now) if mine else None,
        **together.context(request, case, held=held, mine=mine),
        "hold_form": ReasonForm(prefix="hold"),
        "skip_form": ReasonForm(prefix="skip"),
        **deciding.context(case, form=form, mine=mine, at=now),
        **case_notices.context(case, request.user, held, mine=mine, notices=shown["counts"].notices),
    }
    context["asked"] = (
        context["page"] if tab == "listings" else exhibits.page(exhibits.items_of(case), language=language())
    )
    return render(request, "investigations/case.html", context, status=status)


def _rulings(request: HttpRequest, case: Case) -> dict[str, Any]:
    """What a closed case was decided, and upon which of it buyers are to be told of what they bought."""
    rulings = trail.rulings(case) if case.closed_at else []
    made = [each for ruling in rulings for each in (ruling.decision, *ruling.also.all()) if each]
    return {"rulings": rulings, "to_tell": consumers.to_tell(made, request.user)}


def _goes_on(request: HttpRequest, case: Case) -> HttpResponse | None:
    """Where a merged case is found now, if the person may read that."""
    into = work.visible_cases(request.user).filter(pk=family.end_of(case).pk).first()
    if into is None:
        return None
    messages.info(request, _("%(case)s was merged into %(into)s.") % {"case": case, "into": into})
    return redirect("investigations:case", pk=into.pk)


def pane(request: HttpRequest, case: Case, tab: str) -> dict[str, Any]:
    """What stands in the left pane, with the tabs' counts."""
    now = timezone.now()
    context: dict[str, Any] = {"case": case, "tab": tab, "now": now, "counts": trail.counts(case)}
    context["may_annotate"] = permissions.can_annotate(request.user)
    context["may_see_links"] = permissions.can_see_merchants(request.user)
    context["mine"] = Claim.objects.filter(case=case, person=request.user.pk, ended_at__isnull=True).exists()
    if tab == "changes":
        return context | _changes(request, case)
    if tab == "notices":
        return context | {"notices": list(notices.of_case(case)[:NOTICES_SHOWN])}
    if tab == "notes":
        return context | {
            "notes": trail.notes(case),
            "events": [words.event(entry) for entry in trail.entries(case)],
            "note_form": NoteForm(),
        }
    if tab == "linked":
        return context | link_words.strongest(request.user, case.merchant) | {"merchant": case.merchant}
    if tab == "evidence":
        return context | {"files": trail.evidence(case), "link_form": LinkForm(), "file_form": FileForm()}
    items = exhibits.items_of(case, settled=tab == "settled")
    return context | {"page": exhibits.page(items, language=language()), "live": case.state in LIVE_CASES}


@opens(permissions.can_open_case)
def more(request: HttpRequest, pk: int) -> HttpResponse:
    """The next listings of a long case, with their lines in the decision."""
    case = load(request, pk)
    after = request.GET.get("after", "")
    settled = request.GET.get("tab") == "settled"
    page = exhibits.page(
        exhibits.items_of(case, settled=settled), language=language(), after=int(after) if after.isdecimal() else 0
    )
    held = Claim.objects.filter(case=case, ended_at__isnull=True, person=request.user.pk).exists()
    context = {"case": case, "page": page, "tab": request.GET.get("tab", "listings"), "mine": held, "chosen": {}}
    context |= {"verdict_options": verdicts.VERDICTS, "may_annotate": permissions.can_annotate(request.user)}
    return render(request, "investigations/_exhibits_more.html", context)


@opens(permissions.can_open_case)
def whole_text(request: HttpRequest, pk: int, item: int) -> HttpResponse:
    """A listing's description from beginning to end, with everything marked."""
    case = load(request, pk)
    row = get_object_or_404(CaseItem.objects.select_related("listing", "violation"), pk=item, case=case)
    exhibit = exhibits.one(row, number=1, language=language())
    return render(request, "investigations/_whole_text.html", {"exhibit": exhibit, "parts": exhibit.whole_text})


@require_POST
@opens(permissions.can_work)
def effect(request: HttpRequest, pk: int) -> HttpResponse:
    """The decision as it stands on the page, in words: what the button will do. Nothing is written."""
    case = load(request, pk)
    now = timezone.now()
    beside = panel.of(case, language=language(), at=now)
    form = DecideForm(request.POST, case=case, markets=beside.decidable)
    context = deciding.effect_context(case, beside, form, at=now)
    return render(request, "investigations/_decision_effect.html", context | {"case": case, "live_update": True})


@require_POST
@opens(permissions.can_work)
def draft(request: HttpRequest, pk: int) -> HttpResponse:
    """The statement of reasons as the merchant would get it."""
    case = load(request, pk)
    now = timezone.now()
    beside = panel.of(case, language=language(), at=now)
    form = DecideForm(request.POST, case=case, markets=beside.decidable)
    context: dict[str, Any] = {"case": case}
    if form.is_valid() and form.cleaned_data["measure"]:
        try:
            drafted = cases.draft_statement(
                case=case,
                verdicts=form.cleaned_data["verdicts"],
                measure=form.cleaned_data["measure"],
                markets=form.named_markets,
                minimum_age=form.cleaned_data["minimum_age"],
                asked=form.asked,
                actor=person(request),
                reason=form.cleaned_data["reason"],
                at=now,
                also=form.cleaned_data["also"],
            )
            context |= {"statements": [(each, _unnumbered(each)) for each in drafted]}
        except Refusal as refusal:
            context["refusal"] = str(refusal)
    return render(request, "investigations/_statement_draft.html", context)


@opens(permissions.can_open_case)
def statement(request: HttpRequest, pk: int, decision: int) -> HttpResponse:
    """A statement of reasons as it was sent, for the case's dialog."""
    case = load(request, pk)
    theirs = Q(decision__case_decision__case__in=family.keys(case)) | Q(
        decision__decided_beside__case__in=family.keys(case)
    )
    sent = get_object_or_404(Statement.objects.filter(theirs).distinct(), decision=decision)
    return render(request, "investigations/_statement.html", {"statement": sent, "blocks": blocks_of(sent)})


def blocks_of(statement: Statement) -> list[letters.Block]:
    return statements.blocks(statements.words_for(statement.language), statement.content)


def _unnumbered(draft: Statement) -> list[letters.Block]:
    """A draft without its reference: the decision will have another one."""
    reference = draft.decision.reference
    return [
        replace(
            block,
            text=block.text.replace(reference, "…"),
            items=tuple(item.replace(reference, "…") for item in block.items),
        )
        for block in blocks_of(draft)
    ]


def _may_take(request: HttpRequest, case: Case, held: Claim | None, now: Any) -> bool:
    if not permissions.can_work(request.user) or case.state not in LIVE_CASES:
        return False
    if case.state == CaseState.HELD:
        return permissions.can_take_held(request.user)
    return held is None or held.expires_at <= now


def _changes(request: HttpRequest, case: Case) -> dict[str, Any]:
    """One listing's versions side by side, and the listings before and after it."""
    items = [item for item in exhibits.items_of(case).select_related("listing") if item.listing_id]
    keys = [item.pk for item in items]
    wanted = request.GET.get("item", "")
    place = keys.index(int(wanted)) if wanted.isdecimal() and int(wanted) in keys else 0
    if not items:
        return {"item": None}
    number = request.GET.get("version", "")
    item = items[place]
    comparison = item.listing and changes.compare(
        item.listing, number=int(number) if number.isdecimal() else None, language=language()
    )
    return {
        "item": item,
        "number": place + 1,
        "comparison": comparison,
        "before": keys[place - 1] if place else None,
        "after": keys[place + 1] if place + 1 < len(keys) else None,
    }
