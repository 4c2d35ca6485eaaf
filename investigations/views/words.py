"""What a decision will do, or has done, in a sentence that says how many and where."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from enforcement.enums import APPEAL_TONE, DECISION_TONE, STANDING_DECISIONS, AppealState, DecisionState
from enforcement.measures import MEASURES
from governance.audit.models import Entry
from governance.policies.enums import Measure
from governance.web import formats
from investigations.enums import News
from investigations.models import Telling
from investigations.queries.merchants import Happening

Sentence = Callable[[int], str]

TO_DO: dict[Measure, Sentence] = {
    Measure.WARN: lambda n: ngettext("Warn about %(count)s listing", "Warn about %(count)s listings", n),
    Measure.REQUEST_CORRECTION: lambda n: ngettext(
        "Ask to correct %(count)s listing", "Ask to correct %(count)s listings", n
    ),
    Measure.DEMOTE: lambda n: ngettext("Demote %(count)s listing", "Demote %(count)s listings", n),
    Measure.LABEL: lambda n: ngettext("Label %(count)s listing", "Label %(count)s listings", n),
    Measure.AGE_GATE: lambda n: ngettext("Age-gate %(count)s listing", "Age-gate %(count)s listings", n),
    Measure.RESTRICT_MARKETS: lambda n: ngettext("Restrict %(count)s listing", "Restrict %(count)s listings", n),
    Measure.REMOVE: lambda n: ngettext("Remove %(count)s listing", "Remove %(count)s listings", n),
    Measure.BLOCK_RELISTING: lambda n: ngettext(
        "Remove %(count)s listing and block relisting", "Remove %(count)s listings and block relisting", n
    ),
    Measure.LIMIT_NEW_LISTINGS: lambda n: ngettext(
        "Limit new listings over %(count)s listing", "Limit new listings over %(count)s listings", n
    ),
    Measure.SUSPEND_LISTING_RIGHTS: lambda n: ngettext(
        "Suspend listing rights over %(count)s listing", "Suspend listing rights over %(count)s listings", n
    ),
    Measure.SUSPEND: lambda n: ngettext(
        "Suspend the account over %(count)s listing", "Suspend the account over %(count)s listings", n
    ),
    Measure.TERMINATE: lambda n: ngettext(
        "Terminate the account over %(count)s listing", "Terminate the account over %(count)s listings", n
    ),
    Measure.WITHHOLD_PAYOUT: lambda n: ngettext(
        "Withhold payouts over %(count)s listing", "Withhold payouts over %(count)s listings", n
    ),
}
DONE: dict[Measure, Sentence] = {
    Measure.WARN: lambda n: ngettext("Warned about %(count)s listing", "Warned about %(count)s listings", n),
    Measure.REQUEST_CORRECTION: lambda n: ngettext(
        "Asked to correct %(count)s listing", "Asked to correct %(count)s listings", n
    ),
    Measure.DEMOTE: lambda n: ngettext("Demoted %(count)s listing", "Demoted %(count)s listings", n),
    Measure.LABEL: lambda n: ngettext("Labelled %(count)s listing", "Labelled %(count)s listings", n),
    Measure.AGE_GATE: lambda n: ngettext("Age-gated %(count)s listing", "Age-gated %(count)s listings", n),
    Measure.RESTRICT_MARKETS: lambda n: ngettext("Restricted %(count)s listing", "Restricted %(count)s listings", n),
    Measure.REMOVE: lambda n: ngettext("Removed %(count)s listing", "Removed %(count)s listings", n),
    Measure.BLOCK_RELISTING: lambda n: ngettext(
        "Removed %(count)s listing and blocked relisting", "Removed %(count)s listings and blocked relisting", n
    ),
    Measure.LIMIT_NEW_LISTINGS: lambda n: ngettext(
        "Limited new listings over %(count)s listing", "Limited new listings over %(count)s listings", n
    ),
    Measure.SUSPEND_LISTING_RIGHTS: lambda n: ngettext(
        "Suspended listing rights over %(count)s listing", "Suspended listing rights over %(count)s listings", n
    ),
    Measure.SUSPEND: lambda n: ngettext(
        "Suspended the account over %(count)s listing", "Suspended the account over %(count)s listings", n
    ),
    Measure.TERMINATE: lambda n: ngettext(
        "Terminated the account over %(count)s listing", "Terminated the account over %(count)s listings", n
    ),
    Measure.WITHHOLD_PAYOUT: lambda n: ngettext(
        "Withheld payouts over %(count)s listing", "Withheld payouts over %(count)s listings", n
    ),
}
ON_MERCHANT: dict[Measure, tuple[Callable[[], str], Callable[[], str]]] = {
    Measure.WARN: (lambda: _("Warn the merchant"), lambda: _("Warned the merchant")),
    Measure.REQUEST_CORRECTION: (
        lambda: _("Ask the merchant to correct it"),
        lambda: _("Asked the merchant to correct it"),
    ),
    Measure.LIMIT_NEW_LISTINGS: (lambda: _("Limit new listings"), lambda: _("Limited new listings")),
    Measure.SUSPEND_LISTING_RIGHTS: (lambda: _("Suspend listing rights"), lambda: _("Suspended listing rights")),
    Measure.SUSPEND: (lambda: _("Suspend the account"), lambda: _("Suspended the account")),
    Measure.TERMINATE: (lambda: _("Terminate the account"), lambda: _("Terminated the account")),
    Measure.WITHHOLD_PAYOUT: (lambda: _("Withhold payouts"), lambda: _("Withheld payouts")),
}


@dataclass(frozen=True)
class Deed:
    """What is to be done, counted. `markets` counts those in which the measure takes effect; 0 where it has no place."""

    measure: Measure | None
    violating: int
    fine: int
    unsure: int
    missing: int
    markets: int
    about_merchant: bool = False
    problems: list[str] = field(default_factory=list)
    also: Measure | None = None

    @property
    def ready(self) -> bool:
        decided = self.violating + self.fine + self.unsure
        return (
            bool(decided)
            and not self.missing
            and not self.problems
            and (self.measure is not None or not self.violating)
        )

    @property
    def part(self) -> str:
        """The button that decides what has a verdict and keeps the case; empty where that is nothing, or everything."""
        settled = self.violating + self.fine
        if not settled or not (self.missing or self.unsure) or self.problems or (self.violating and not self.measure):
            return ""
        text = ngettext("Decide %(count)s, keep the case", "Decide these %(count)s, keep the case", settled)
        return text % {"count": formats.number(settled)}

    @property
    def label(self) -> str:
        """The button: what pressing it does, or what is missing first."""
        if self.problems:
            return self.problems[0]
        if self.missing:
            text = ngettext("%(count)s verdict is missing", "%(count)s verdicts are missing", self.missing)
            return text % {"count": formats.number(self.missing)}
        if self.violating and self.measure is None:
            return _("Choose a measure")
        return self._sentence(TO_DO, 0)

    @property
    def done(self) -> str:
        return self._sentence(DONE, 1)

    @property
    def tally(self) -> str:
        """How the verdicts stand: `3 violate, 1 fine`."""
        counts = (
            (self.violating, ngettext("%(count)s violates", "%(count)s violate", self.violating)),
            (self.fine, ngettext("%(count)s fine", "%(count)s fine", self.fine)),
            (self.unsure, ngettext("%(count)s unsure", "%(count)s unsure", self.unsure)),
            (self.missing, ngettext("%(count)s open", "%(count)s open", self.missing)),
        )
        return formats.series(text % {"count": formats.number(count)} for count, text in counts if count)

    def _sentence(self, verbs: dict[Measure, Sentence], tense: int) -> str:
        if self.violating and self.measure:
            first = self._measured(verbs, tense, self.measure)
            if self.also is None:
                return first
            return _("%(first)s; %(second)s") % {"first": first, "second": self._measured(verbs, tense, self.also)}
        if self.fine:
            words = (
                ngettext("Find %(count)s listing fine", "Find %(count)s listings fine", self.fine),
                ngettext("Found %(count)s listing fine", "Found %(count)s listings fine", self.fine),
            )
            return words[tense] % {"count": formats.number(self.fine)}
        words = (
            ngettext("Leave %(count)s listing to a senior", "Leave %(count)s listings to a senior", self.unsure),
            ngettext("Left %(count)s listing to a senior", "Left %(count)s listings to a senior", self.unsure),
        )
        return words[tense] % {"count": formats.number(self.unsure)}

    def _measured(self, verbs: dict[Measure, Sentence], tense: int, measure: Measure) -> str:
        if self.about_merchant and measure in ON_MERCHANT:
            return ON_MERCHANT[measure][tense]()
        act = verbs[measure](self.violating) % {"count": formats.number(self.violating)}
        if not self.markets or not MEASURES[measure].territorial:
            return act
        where = ngettext("in %(count)s market", "in %(count)s markets", self.markets)
        return _("%(act)s %(where)s") % {"act": act, "where": where % {"count": formats.number(self.markets)}}


@dataclass(frozen=True)
class Told:
    """One line of a merchant's history, with the reference of the decision that it is about."""

    text: str
    at: datetime
    tone: str
    filled: bool
    reference: str


def history(happenings: Sequence[Happening], titles: Mapping[int, str]) -> list[Told]:
    """Decisions and appeals in words, with the policy they are about."""
    return [_told(each, titles.get(each.decision.version.policy_id, "")) for each in happenings]


def _told(happening: Happening, policy: str) -> Told:
    decision, appeal = happening.decision, happening.appeal
    if appeal is not None:
        text = _("Appeal, %(state)s: %(policy)s") % {
            "state": formats.within(str(AppealState(appeal.state).label)),
            "policy": policy,
        }
        return Told(text, happening.at, APPEAL_TONE[AppealState(appeal.state)], False, decision.reference)
    state = DecisionState(decision.state)
    deed = _deed_of(Measure(decision.measure), happening.listings, about_merchant=not happening.about_listings)
    text = _("%(deed)s: %(policy)s") % {"deed": deed, "policy": policy}
    if state not in STANDING_DECISIONS:
        text = _("%(text)s (%(state)s)") % {"text": text, "state": formats.within(str(state.label))}
    return Told(text, happening.at, DECISION_TONE[state], state in STANDING_DECISIONS, decision.reference)


def _deed_of(measure: Measure, count: int, *, about_merchant: bool) -> str:
    if about_merchant and measure in ON_MERCHANT:
        return ON_MERCHANT[measure][1]()
    return DONE[measure](count) % {"count": formats.number(count)}


EVENTS: Mapping[str, str | Promise] = {
    "case.opened": gettext_lazy("Opened"),
    "case.items_added": gettext_lazy("More was found"),
    "case.reported": gettext_lazy("It was reported from outside"),
    "case.items_corrected": gettext_lazy("The merchant corrected something"),
    "case.claimed": pgettext_lazy("case", "Taken"),
    "case.claim_extended": gettext_lazy("Kept for longer"),
    "case.released": gettext_lazy("Released"),
    "case.skipped": gettext_lazy("Skipped"),
    "case.held": gettext_lazy("Held for a senior reviewer"),
    "case.lapsed": gettext_lazy("The claim ran out"),
    "case.decided": gettext_lazy("Decided"),
    "case.decision_undone": gettext_lazy("The decision was undone at once"),
    "case.resolved": gettext_lazy("Closed: everything was corrected"),
    "case.noted": gettext_lazy("Wrote a note"),
    "case.evidence_added": gettext_lazy("Added evidence"),
    "case.merged": gettext_lazy("Merged into another case"),
    "case.took_in": gettext_lazy("Another case was merged into it"),
    "case.merge_undone": gettext_lazy("The merge was undone"),
    "case.split": gettext_lazy("Listings were split off"),
    "case.split_off": gettext_lazy("Opened by a split"),
    "case.linked": gettext_lazy("Linked with another case"),
    "case.unlinked": gettext_lazy("Linked no more"),
    "case.reopened": gettext_lazy("Reopened"),
    "case.snoozed": gettext_lazy("Put aside"),
    "case.woken": gettext_lazy("Awake again"),
    "case.asked": gettext_lazy("Asked a colleague"),
    "case.answered": gettext_lazy("The question was answered"),
    "case.question_withdrawn": gettext_lazy("The question was taken back"),
    "case.handed": gettext_lazy("Handed to a person"),
    "case.handed_back": gettext_lazy("Handed back"),
    "case.handing_undone": gettext_lazy("For everybody again"),
    "case.taken_back": gettext_lazy("Taken back from its holder"),
    "case.watched": pgettext_lazy("case", "Watched"),
    "case.unwatched": gettext_lazy("Watched no more"),
}
REFERRED = ("into", "from", "case", "to")
"""What an entry of the log may name besides: another case, a person, a queue."""


def event(entry: Entry) -> dict[str, Any]:
    """One line of the log about a case, in words. A verb that is not known here is shown as it stands."""
    return {
        "text": EVENTS.get(entry.verb, entry.verb),
        "other": next((entry.data[name] for name in REFERRED if name in entry.data), ""),
        "reason": entry.data.get("reason", "") or _raised(entry),
        "actor": entry.actor,
        "at": entry.at,
    }


def _raised(entry: Entry) -> str:
    """What a notice has made more urgent in the case that it joined."""
    said = []
    if entry.data.get("trusted"):
        said.append(_("a trusted flagger's notice counts more"))
    if due := parse_datetime(str(entry.data.get("due_at", ""))):
        said.append(_("to be decided by %(day)s now") % {"day": formats.minute(due)})
    return formats.series(said) if said else ""


def news(telling: Telling) -> str:
    """A line of the inbox, in words: of a watched case what happened to it."""
    if telling.kind == News.WATCHED:
        return str(EVENTS.get(telling.verb, telling.verb))
    return str(News(telling.kind).label)
