"""Quality: how far two readers agree, how right automation is, second readings and what settles them."""

from datetime import timedelta
from typing import Any, NamedTuple

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from governance.accounts.views.acting import person
from governance.policies.enums import Measure
from governance.web import exports, toasts
from governance.web.access import opens
from governance.web.lists import Column, ListPage
from governance.web.refusals import Refusal
from investigations import permissions
from investigations.domain import precedents, reviews, sampling
from investigations.enums import READ_REVIEWS, ReviewOutcome, ReviewState, Verdict
from investigations.filters import ReviewFilter, language
from investigations.forms.quality import PlanForm, SettleForm
from investigations.models import Precedent, SecondReview
from investigations.queries import lines, quality, second_reviews
from investigations.views.verdicts import EVERY, VERDICTS, given

SECTION = "quality"
SPANS = (30, 90, 365)


class Span(NamedTuple):
    value: str
    label: str
    url: str


@opens(permissions.can_open_quality)
def overview(request: HttpRequest) -> HttpResponse:
    """The figures: of everybody, or of one's own work."""
    all_of_them = permissions.can_read_quality(request.user)
    days = _span(request)
    now = timezone.now()
    found = quality.figures(
        since=now - timedelta(days=days), person=None if all_of_them else request.user.pk, language=language()
    )
    may_review = permissions.can_review(request.user)
    context = {
        "found": found,
        "all": all_of_them,
        "days": str(days),
        "spans": [Span(str(each), _days(each), f"?days={each}") for each in SPANS],
        "waiting": quality.waiting(),
        "may_review": may_review,
        "mine": second_reviews.in_hand(request.user, at=now) if may_review else None,
        "may_settle": permissions.can_settle_reviews(request.user),
        "may_plan": permissions.can_plan_quality(request.user),
        "plan": sampling.plan(),
        "fewest": quality.FEWEST,
        "precedents": Precedent.objects.filter(retired_at=None).count(),
    }
    return render(request, "investigations/quality.html", context)


@opens(permissions.can_read_quality)
def automation(request: HttpRequest) -> HttpResponseBase:
    """How right automation is, in all and by policy, as CSV: the days that the page shows."""
    days, now = _span(request), timezone.now()
    since = now - timedelta(days=days)
    head = [
        _("Policy"), _("Title"), _("Share found right"), _("At least"), _("At most"), _("Right"), _("Wrong"),
        _("Unsettled"), _("Read"), _("Drawn"),
    ]  # fmt: skip
    rows = [_accuracy(each) for each in quality.automation(since=since, until=None, language=language())]
    return exports.csv_response(rows, head=head, name=f"automation-{since:%Y-%m-%d}-{now:%Y-%m-%d}")


def _accuracy(row: quality.Accuracy) -> list[Any]:
    found, (low, high) = row.found, row.found.bounds or (None, None)
    counts = [found.right, found.wrong, found.unsettled, found.read, row.drawn]
    title = _("All") if row.policy == quality.ALL else found.label
    return [row.policy, title, found.share, low, high, *counts]


class ReviewList(ListPage):
    section, title = SECTION, gettext_lazy("Second readings")
    may_open = staticmethod(permissions.can_open_quality)
    template_name = "investigations/review_list.html"
    row_template = "investigations/review_row.html"
    filterset_class = ReviewFilter
    order = ("-pk",)
    columns = (
        Column("review", gettext_lazy("Second reading"), grow=True, value=str),
        Column("kind", gettext_lazy("Drawn"), value=lambda row: row.get_kind_display()),
        Column("state", gettext_lazy("State"), value=lambda row: row.get_state_display()),
        Column("outcome", gettext_lazy("Outcome"), value=lambda row: row.get_outcome_display()),
        Column("first", gettext_lazy("First"), fit=True, value=lambda row: row.person),
        Column("second", gettext_lazy("Second"), fit=True, value=lambda row: row.reviewer),
        Column("read", gettext_lazy("Read"), num=True, value=lambda row: row.read_at),
    )

    def rows(self) -> QuerySet[SecondReview]:
        """People see of their own work only what has been read: the rest is to stay unknown."""
        rows = second_reviews.visible(self.request.user)
        if permissions.can_read_quality(self.request.user) or permissions.can_review(self.request.user):
            return rows
        return rows.filter(state__in=sorted(READ_REVIEWS))


@require_POST
@opens(permissions.can_review)
def take(request: HttpRequest) -> HttpResponse:
    review = reviews.take_next(person=person(request), at=timezone.now())
    if review is None:
        toasts.tell(request, _("Nothing waits for a second reader."), note=_("Each night a few decisions are drawn."))
        return redirect("investigations:quality")
    return redirect("investigations:review", pk=review.pk)


@opens(permissions.can_open_quality)
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    return _show(request, _load(request, pk))


@require_POST
@opens(permissions.can_review)
def read(request: HttpRequest, pk: int) -> HttpResponse:
    """Give the second verdicts, and go on with the next."""
    review = _load(request, pk)
    verdicts = given(request)
    chosen = request.POST.get("measure", "")
    try:
        done = reviews.read(
            review=review,
            verdicts=verdicts,
            measure=Measure(chosen) if chosen in Measure.values else None,
            note=request.POST.get("note", ""),
            actor=person(request),
            at=timezone.now(),
        )
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return _show(request, _load(request, pk), chosen=verdicts, status=422)
    agreed = done.state == ReviewState.SETTLED
    told = _("You agree with the first reader.") if agreed else _("You and the first reader differ.")
    note = "" if agreed else _("A third person says who was right.")
    toasts.tell(request, told, note=note)
    following = reviews.take_next(person=person(request), at=timezone.now())
    return redirect("investigations:review", pk=following.pk) if following else redirect("investigations:quality")


@require_POST
@opens(permissions.can_review)
def release(request: HttpRequest, pk: int) -> HttpResponse:
    try:
        reviews.release(review=_load(request, pk), actor=person(request), at=timezone.now())
    except Refusal as refusal:
        messages.error(request, str(refusal))
    return redirect("investigations:quality")


@require_POST
@opens(permissions.can_settle_reviews)
def settle(request: HttpRequest, pk: int) -> HttpResponse:
    """Say who was right."""
    review = _load(request, pk)
    form = SettleForm(request.POST)
    if not form.is_valid():
        return _show(request, review, form=form, status=422)
    try:
        reviews.settle(
            review=review, **form.cleaned_data, language=language(), actor=person(request), at=timezone.now()
        )
    except Refusal as refusal:
        form.add_error(None, str(refusal))
        return _show(request, review, form=form, status=422)
    note = _("It stands beside the guidance from now on.") if form.cleaned_data["precedent"] else ""
    toasts.tell(request, _("Settled."), note=note)
    return redirect("investigations:review", pk=pk)


@opens(permissions.can_plan_quality)
def plan(request: HttpRequest) -> HttpResponse:
    """How much is read again."""
    now = sampling.plan()
    initial = {field: getattr(now, field) for field in PlanForm.base_fields}
    form = PlanForm(request.POST or None, initial=initial)
    if form.is_valid():
        sampling.set_plan(**form.cleaned_data, actor=person(request), at=timezone.now())
        toasts.tell(request, _("Saved."), note=_("It counts from the next night on."))
        return redirect("investigations:quality")
    return render(request, "investigations/quality_plan.html", {"form": form}, status=422 if form.is_bound else 200)


@opens(permissions.can_open_quality)
def precedent_list(request: HttpRequest) -> HttpResponse:
    """What doubtful cases have taught, by policy; those retired at the end."""
    rows = Precedent.objects.select_related("policy__live", "written_by", "retired_by", "listing", "review")
    found = list(rows.order_by("retired_at", "policy", "-written_at")[:500])
    titles = lines.policy_titles([each.policy_id for each in found], language=language())
    context = {
        "rows": [(each, titles.get(each.policy_id, each.policy.slug)) for each in found],
        "may_retire": permissions.can_settle_reviews(request.user),
    }
    return render(request, "investigations/precedents.html", context)


@require_POST
@opens(permissions.can_settle_reviews)
def retire(request: HttpRequest, pk: int) -> HttpResponse:
    try:
        precedents.retire(precedent=get_object_or_404(Precedent, pk=pk), actor=person(request), at=timezone.now())
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        toasts.tell(request, _("Retired."))
    return redirect("investigations:precedents")


def _span(request: HttpRequest) -> int:
    """The days that are looked back over."""
    asked = request.GET.get("days", "")
    return int(asked) if asked.isdecimal() and int(asked) in SPANS else 90


def _days(count: int) -> str:
    return ngettext("%(n)s day", "%(n)s days", count) % {"n": count}


def _load(request: HttpRequest, pk: int) -> SecondReview:
    return get_object_or_404(second_reviews.visible(request.user), pk=pk)


def _show(
    request: HttpRequest,
    review: SecondReview,
    *,
    chosen: dict[int, Verdict] | None = None,
    form: SettleForm | None = None,
    status: int = 200,
) -> HttpResponse:
    """While it is being read: nothing of what the first reader said. Afterwards: both, side by side."""
    is_read = review.state in READ_REVIEWS
    mine = review.state == ReviewState.TAKEN and review.reviewer_id == request.user.pk
    own = review.person_id == request.user.pk
    if own and not is_read:
        return render(request, "404.html", status=404)
    desk = second_reviews.desk(review, language=language())
    differs = review.state == ReviewState.DIFFERS
    part = request.user.pk in (review.person_id, review.reviewer_id)
    permitted = [each for each in Measure if desk.version and each in desk.version.measures]
    context: dict[str, Any] = {
        "review": review,
        "desk": desk,
        "pairs": list(zip(desk.exhibits, desk.verdicts, strict=True)),
        "is_read": is_read,
        "mine": mine,
        "verdict_options": VERDICTS,
        "every_options": EVERY,
        "chosen": {key: verdict.value for key, verdict in (chosen or {}).items()},
        "measures": [(each.value, each.label) for each in permitted],
        "entered_measure": request.POST.get("measure", ""),
        "entered_note": request.POST.get("note", ""),
        "may_settle": differs and permissions.can_settle_reviews(request.user) and not part,
        "differs": differs,
        "form": form or SettleForm(),
        "precedents": list(review.precedents.select_related("written_by")),
        "outcomes": ReviewOutcome,
    }
    return render(request, "investigations/review.html", context, status=status)


for _view in (overview, automation, take, detail, read, release, settle, plan, precedent_list, retire):
    _view.section = SECTION  # type: ignore[attr-defined]
