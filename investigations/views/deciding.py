"""The decision panel: what may be chosen, what was chosen, and what pressing the button will do."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from enforcement.domain import points as ledger
from enforcement.domain import timing
from enforcement.domain.timing import AS_USUAL, AT_ONCE, Timing
from enforcement.enums import SECOND_PERSON
from enforcement.language import words as letters
from enforcement.measures import MEASURES
from governance.policies.enums import Measure, Subject
from governance.policies.models import PolicyVersion
from governance.web import formats
from governance.web.choices import Option
from governance.web.refusals import Refusal
from investigations.enums import CaseOrigin, Verdict
from investigations.filters import language
from investigations.forms import DecideForm
from investigations.models import Case
from investigations.queries import notices, panel, work
from investigations.views import entering
from investigations.views.verdicts import EVERY, VERDICTS
from investigations.views.words import Deed
from listings.models import Listing

MEASURE_KEYS = {
    Measure.WARN: "w",
    Measure.REQUEST_CORRECTION: "t",
    Measure.DEMOTE: "d",
    Measure.LABEL: "b",
    Measure.AGE_GATE: "a",
    Measure.RESTRICT_MARKETS: "m",
    Measure.REMOVE: "r",
    Measure.BLOCK_RELISTING: "x r",
    Measure.LIMIT_NEW_LISTINGS: "x l",
    Measure.SUSPEND_LISTING_RIGHTS: "l",
    Measure.SUSPEND: "x s",
    Measure.TERMINATE: "x t",
    Measure.WITHHOLD_PAYOUT: "x p",
}
NOTICE_FINE_REASONS = (
    gettext_lazy("We found nothing illegal in the listing as it stands."),
    gettext_lazy("The seller has shown that the product meets the rules."),
    gettext_lazy("What you describe is not in this listing."),
    gettext_lazy("The right that you name does not cover this product."),
)
"""Sentences to whoever reported it; which of them is true, a person says."""
VIOLATION_REASONS = (
    gettext_lazy("The listing says so itself"),
    gettext_lazy("The proof is missing or has expired"),
    gettext_lazy("The product is known to us"),
)


def context(case: Case, *, form: DecideForm | None, mine: bool, at: datetime) -> dict[str, Any]:
    beside = panel.of(case, language=language(), at=at)
    taken_back = entering.undone(case) if form is None and mine else None
    entered = entering.of(case, beside, form, taken_back)
    shown: dict[str, Any] = {
        "panel": beside,
        "form": form,
        "chosen": entered["verdicts"],
        "measure": entered["measure"],
        "chosen_markets": entered["markets"],
        "minimum_age": entered["minimum_age"],
        "timing": (form or DecideForm(entering.as_data(entered), case=case, markets=beside.decidable)),
        "reason": entered["reason"],
        "fine_reason": entered["fine_reason"],
        "known_up_to": entered["known_up_to"],
        "verdict_options": VERDICTS,
        "every_options": EVERY,
        "verdict_all": form.data.get("verdict_all", "") if form else "",
        "measure_options": _measures(beside),
        "also_options": [Option(each.value, each.label) for each in beside.permitted],
        "also": entered["also"],
        "any_measure": " ".join(Measure.values),
        "by_market": " ".join(measure.value for measure, kind in MEASURES.items() if not kind.on_merchant),
        "curable": " ".join(measure.value for measure, kind in MEASURES.items() if kind.curable),
        "market_options": _markets(beside),
        "reasons": [beside.text.title if beside.text else "", *VIOLATION_REASONS],
        "fine_reasons": NOTICE_FINE_REASONS if case.is_reported else entering.FINE_REASONS,
    }
    if not mine and form is None:
        return shown
    bound = shown["timing"]
    return shown | effect_context(case, beside, bound, at=at)


def effect_context(case: Case, beside: panel.Panel, form: DecideForm, *, at: datetime) -> dict[str, Any]:
    """The deed, and what follows from it for the merchant."""
    deed = deed_of(case, beside, form)
    asked = form.asked if form.is_valid() else AS_USUAL
    return {"deed": deed, "follows": _follows(case, beside, deed, asked, at=at)}


def deed_of(case: Case, beside: panel.Panel, form: DecideForm) -> Deed:
    valid = form.is_valid()
    given = form.cleaned_data if valid else {}
    verdicts: Mapping[int, Verdict] = given.get("verdicts") or form.given()
    measure = given.get("measure")
    counts = {verdict: sum(each == verdict for each in verdicts.values()) for verdict in Verdict}
    waiting = work.unsettled(case).count()
    violating = [key for key, verdict in verdicts.items() if verdict == Verdict.VIOLATES]
    territorial = measure is not None and MEASURES[measure].territorial and bool(violating)
    problems = [] if valid else [_("Something entered was not understood")]
    problems += _not_permitted(case, violating, measure, given.get("also"))
    markets: set[str] = set()
    if territorial:
        markets, nowhere = _reach(violating, given.get("markets") or [])
        problems += _market_problems(given.get("markets") or [], nowhere)
    return Deed(
        measure=measure,
        violating=counts[Verdict.VIOLATES],
        fine=counts[Verdict.FINE],
        unsure=counts[Verdict.UNSURE],
        missing=max(0, waiting - len(verdicts)),
        markets=len(markets),
        about_merchant=bool(beside.version and beside.version.policy.subject == Subject.MERCHANTS),
        problems=problems,
        also=given.get("also") if violating and given.get("also") != measure else None,
    )


def _not_permitted(case: Case, violating: list[int], *measures: Measure | None) -> list[str]:
    """Where a case is about several policies, a measure that one of them does not permit for what violates it."""
    asked = [measure for measure in measures if measure]
    if not violating or not asked or not case.merged.exists():
        return []
    versions = PolicyVersion.objects.filter(violations__case_items__in=violating).distinct().order_by("pk")
    return [
        _("“%(measure)s” is not permitted by every policy here: decide part by part") % {"measure": measure.label}
        for measure in dict.fromkeys(asked)
        if any(measure not in version.measures for version in versions)
    ]


def _reach(items: list[int], named: list[str]) -> tuple[set[str], int]:
    """The markets in which the measure would hold, and how many of the listings are offered in none of those named."""
    rows = list(Listing.objects.filter(case_items__in=items).values_list("markets", flat=True))
    found = [{market for market in markets if market in named} for markets in rows]
    return set().union(*found), sum(not markets for markets in found)


def _market_problems(named: list[str], nowhere: int) -> list[str]:
    if not named:
        return [_("Choose at least one market")]
    if not nowhere:
        return []
    text = ngettext("%(count)s listing is not sold there", "%(count)s listings are not sold there", nowhere)
    return [text % {"count": formats.number(nowhere)}]


def _follows(case: Case, beside: panel.Panel, deed: Deed, asked: Timing, *, at: datetime) -> list[str]:
    """What the decision means: when it takes effect and who else is asked, points, and the language of the statement."""
    if not deed.violating or deed.measure is None or beside.version is None:
        return []
    tag = case.merchant.language
    found = letters.available(tag)
    names = {"language": formats.language_name(found or letters.SOURCE), "asked": formats.language_name(tag)}
    told = (
        _("The merchant gets the statement in %(language)s.")
        if found
        else _("The merchant gets the statement in %(language)s: we have no words in %(asked)s yet.")
    )
    asked = AT_ONCE if case.origin == CaseOrigin.ORDER else asked
    points = _points(case, beside.version, deed.measure, at=at)
    given = (
        ngettext("It adds %(count)s point.", "It adds %(count)s points.", points) if points else _("It adds no points.")
    )
    return [
        *_when(case, beside.version, deed.measure, deed.violating, asked, at=at),
        told % names,
        given % {"count": formats.number(points)},
    ]


def _points(case: Case, version: PolicyVersion, measure: Measure, *, at: datetime) -> int:
    """An order that is carried out gives none."""
    if case.origin == CaseOrigin.ORDER:
        return 0
    kind, reference = notices.origin_of(case, work.unsettled(case) if case.is_reported else ())
    key = f"{kind.value}/{reference}/P{version.policy_id}"
    return ledger.due(merchant_id=case.merchant_id, version=version, measure=measure, event_key=key, at=at)


def _when(
    case: Case, version: PolicyVersion, measure: Measure, items: int, asked: Timing, *, at: datetime
) -> list[str]:
    try:
        planned = timing.plan(
            merchant=case.merchant, version=version, measure=measure, items=items, asked=asked, actor=None, at=at
        )
    except Refusal as refusal:
        return [str(refusal)]
    said = []
    if for_two := [cause for cause in planned.held_for if cause in SECOND_PERSON]:
        causes = formats.series(formats.within(str(cause.label)) for cause in for_two)
        said.append(_("It waits for a second person: %(causes)s.") % {"causes": causes})
    if asked.starts_at is not None:
        begins = formats.minute(asked.starts_at)
        said.append(_("Until %(begins)s it is held, and the merchant is not told.") % {"begins": begins})
    if planned.cure_days:
        text = _("It takes effect on %(day)s, for what is not corrected before.")
        said.append(text % {"day": formats.day(planned.starts_at.date())})
    elif planned.starts_at > at:
        said.append(_("It takes effect on %(day)s.") % {"day": formats.day(planned.starts_at.date())})
    return said


def _measures(beside: panel.Panel) -> list[Option]:
    permitted = set(beside.permitted)
    return [
        Option(
            measure.value,
            measure.label,
            key=MEASURE_KEYS[measure],
        )
        for measure in Measure
        if measure in permitted
    ]


def _markets(beside: panel.Panel) -> list[Option]:
    """The markets in which the listings are offered; those where the policy is not in force stand dashed."""
    decidable = set(beside.decidable)
    return [
        Option(
            code,
            code,
            disabled=code not in decidable,
            note=formats.country(code)
            if code in decidable
            else _("%(country)s: the policy is not in force there") % {"country": formats.country(code)},
        )
        for code in beside.markets
    ]
