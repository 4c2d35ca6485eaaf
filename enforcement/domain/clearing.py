"""From what a rule says of a listing to whether it may go live, market by market."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog

from enforcement.domain.barred import Barred, Gate
from enforcement.engine import Outcome, Standing
from enforcement.enums import CLEARANCE_RANK, GOES_LIVE, Clearance, ClosedBecause
from enforcement.language import reasons
from enforcement.language.asked import Languages
from enforcement.language.reasons import Lacking, Words
from enforcement.measures import MEASURES
from enforcement.queries import checks
from enforcement.queries.checks import Settled, Waived
from enforcement.queries.offers import Known
from governance.policies.enums import Measure, Mode
from governance.policies.models import PolicyVersion
from listings.domain.drafts import ListingDraft

log = structlog.get_logger(__name__)
Found = Sequence[tuple[ListingDraft, list[Outcome] | Exception]]


@dataclass(frozen=True)
class Reason:
    """A policy that holds. `measure` is what it would take by itself; None where a person decides."""

    version: PolicyVersion
    mode: Mode
    verdict: Clearance
    measure: Measure | None
    markets: Sequence[str]
    words: Words


@dataclass(frozen=True)
class Undecided:
    """A policy that lacks facts to be decided in these markets. It weighs nothing."""

    version: PolicyVersion
    title: str
    markets: Sequence[str]
    missing: Sequence[Lacking]


@dataclass(frozen=True)
class SetAside:
    """A policy that holds and weighs nothing: waived, or somebody has found this very content fine."""

    version: PolicyVersion
    because: ClosedBecause


@dataclass(frozen=True)
class Judged:
    """`verdict` is the strictest of the `markets`. `barred` is what keeps it away whatever the rules say."""

    draft: ListingDraft
    verdict: Clearance
    markets: Mapping[str, Clearance]
    reasons: Sequence[Reason]
    undecided: Sequence[Undecided]
    set_aside: Sequence[SetAside]
    barred: Barred


@dataclass(frozen=True)
class _Between:
    """What may stand between a rule that holds and its effect."""

    waivers: set[Waived]
    settled: Mapping[Settled, ClosedBecause]

    def of(self, outcome: Outcome, draft: ListingDraft) -> ClosedBecause | None:
        policy, listing = outcome.policy.policy_id, outcome.listing_id or 0
        names = (
            Waived(policy, draft.merchant_id, None, ""),
            Waived(policy, None, listing, ""),
            Waived(policy, None, None, draft.brand.upper()),
        )
        if any(name in self.waivers for name in names):
            return ClosedBecause.WAIVED
        return self.settled.get(Settled(outcome.policy.version_id, listing, outcome.listing_version or 0))


def judge(
    standing: Standing, found: Found, known: Known, *, languages: Languages, at: datetime
) -> Iterator[Judged | Exception]:
    """Judge each draft by what was found of it. Without anything found, and no merchant limited or under a block, there is no query."""
    said = [outcome for _draft, each in found if not isinstance(each, Exception) for outcome in each]
    between = _between(said, known, at)
    texts = standing.texts({outcome.policy.version_id for outcome in said})
    gate = Gate([draft for draft, _each in found], known, at)
    for number, (draft, each) in enumerate(found):
        if isinstance(each, Exception):
            yield each
            continue
        try:
            judged = _judged(standing, draft, each, gate.of(number), between, texts, languages)
        except Exception as error:  # an explanation that fails is one listing's misfortune
            log.exception("check_failed", merchant=draft.merchant_id, listing=draft.external_id)
            yield error
            continue
        if judged.verdict in GOES_LIVE:
            gate.goes_live(number)
        yield judged


def verdict_of(mode: Mode, version: PolicyVersion) -> Clearance:
    """What a rule that holds comes to: in review a person looks; else it is the measure that automation would take."""
    if mode == Mode.REVIEW:
        return Clearance.REVIEW
    return MEASURES[Measure(version.default_measure)].before_sale


def strictest(verdicts: Sequence[Clearance]) -> Clearance:
    return max(verdicts, key=lambda verdict: CLEARANCE_RANK[verdict], default=Clearance.ALLOW)


def _judged(
    standing: Standing,
    draft: ListingDraft,
    found: Sequence[Outcome],
    barred: Barred,
    between: _Between,
    texts: Mapping[int, reasons.Texts],
    languages: Languages,
) -> Judged:
    given: list[Reason] = []
    undecided: list[Undecided] = []
    set_aside: list[SetAside] = []
    for outcome in found:
        version = standing.versions[outcome.policy.version_id]
        if not outcome.held:
            missing = reasons.lacking(outcome.policy.rule.lacking(outcome.row), languages)
            title = reasons.title(texts[version.pk], languages)
            undecided.append(Undecided(version, title, outcome.markets, missing))
        elif because := between.of(outcome, draft):
            set_aside.append(SetAside(version, because))
        else:
            given.append(_reason(outcome, version, texts[version.pk], languages))
    markets = {
        market: strictest(
            [Clearance.BLOCK] * barred.in_market(market) + [each.verdict for each in given if market in each.markets]
        )
        for market in draft.markets
    }
    verdict = strictest([Clearance.BLOCK] * barred.everywhere + list(markets.values()))
    return Judged(draft, verdict, markets, given, undecided, set_aside, barred)


def _reason(outcome: Outcome, version: PolicyVersion, texts: reasons.Texts, languages: Languages) -> Reason:
    mode = outcome.policy.mode
    return Reason(
        version=version,
        mode=mode,
        verdict=verdict_of(mode, version),
        measure=Measure(version.default_measure) if mode == Mode.ENFORCE else None,
        markets=outcome.markets,
        words=reasons.words(texts, outcome.explanation, languages),
    )


def _between(found: Sequence[Outcome], known: Known, at: datetime) -> _Between:
    held = [outcome for outcome in found if outcome.held]
    if not held:
        return _Between(set(), {})
    listings = {outcome.listing_id for outcome in held if outcome.listing_id}
    waivers = checks.waivers(
        policies={outcome.policy.policy_id for outcome in held},
        merchants={outcome.merchant_id for outcome in held},
        listings=listings,
        day=at.date(),
    )
    versions = {outcome.policy.version_id for outcome in held}
    return _Between(waivers, checks.settled(versions=versions, listings=listings) if listings else {})
