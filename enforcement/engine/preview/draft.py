"""A rule in the making, read over the columns of a snapshot or of the database as a sweep would read it."""

from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

import polars as pl

from enforcement.engine import facts
from enforcement.engine.active import ActivePolicies, ActivePolicy
from enforcement.engine.columns import Answer, Batch, answers
from enforcement.engine.columns.batches import CATEGORY, KEY
from enforcement.engine.columns.parts import MERCHANT
from enforcement.engine.columns.plans import Plans, Scopes
from enforcement.engine.columns.stored import SCOPE
from enforcement.engine.columns.values import MOMENT
from enforcement.engine.evaluation import Outcome, Summary, by_row
from enforcement.engine.preview.figures import PICKS, Figures
from governance.policies.enums import Mode, Subject
from governance.policies.language import Environment
from governance.policies.language import Subject as Read
from listings.models import Listing
from listings.queries.keys import among

REVENUE = "listing._window30.revenueEur"
READ = frozenset({*SCOPE, REVENUE})
"""Columns that every preview reads, beside those of its rule."""
NOBODY = 0
"""Stands for the policy and the version of a draft."""
_SEED = 11

Caught = Callable[[Sequence[int]], tuple[int, Counter[int]]]
"""Keys of listings → how many have an open violation of another policy, and how many of each."""


@dataclass(frozen=True)
class Draft:
    """A rule about listings with where it is to hold. `policy_id` is the policy whose own violations do not count as another's."""

    rule: str
    jurisdictions: tuple[str, ...]
    categories: tuple[str, ...] = ()
    policy_id: int | None = None


class Reader:
    """Reads one draft. Raises RuleProblems where the rule does not compile."""

    def __init__(self, draft: Draft, environment: Environment, at: datetime, caught: Caught) -> None:
        self.environment, self.at, self.caught = environment, at, caught
        self.rule = environment.compile(draft.rule)
        policy = ActivePolicy(
            policy_id=NOBODY,
            version_id=NOBODY,
            subject=Subject.LISTINGS,
            mode=Mode.OFF,
            jurisdictions=frozenset(draft.jurisdictions),
            categories=draft.categories,
            rule=self.rule,
        )
        self.policies = ActivePolicies(environment, [policy])
        self._planned = Plans(self.policies)

    @property
    def by_row(self) -> str:
        """The part of the rule because of which it is read row by row; empty where it is read over columns."""
        return self._planned.rest.get(0, "")

    def columns(self, kept: Collection[str]) -> frozenset[str]:
        """What it reads of a snapshot that keeps these columns of `matched`."""
        matched = self._planned.matched.intersection(kept)
        return READ | matched | self._planned.columns(self.rule.needs, matched)

    @property
    def needs(self) -> frozenset[str]:
        """Facts to ask the database for."""
        return self.rule.needs | {REVENUE}

    def over(self, frame: pl.DataFrame) -> Figures:
        """Of a frame with `columns`, whoever made it."""
        return self._counted(self._over(frame), frame)

    def rows(self, frame: pl.DataFrame) -> Figures:
        """The same row by row, of what the database holds now of the listings of a frame."""
        return self._counted(self._rows(frame[KEY].to_list()), frame)

    def held(self, frame: pl.DataFrame) -> tuple[list[int], int]:
        """The keys of those for which it holds, and of how many that cannot be decided."""
        answer = self._over(frame)
        return list(answer.held), len(answer.unknown)

    def held_among(self, keys: Collection[int]) -> tuple[list[int], int]:
        """The same row by row, of what the database holds now."""
        answer = self._rows(keys)
        return list(answer.held), len(answer.unknown)

    def confirmed(self, keys: Collection[int]) -> list[Outcome]:
        """Those of the listings for which the runtime says, of what the database holds now, that the rule holds."""
        outcomes = by_row(self.policies, self._subjects(keys), at=self.at, summary=Summary())
        return [each for each in outcomes if each.held]

    def _over(self, frame: pl.DataFrame) -> Answer:
        """What is under no category of the draft is not read: a pattern costs by the text."""
        (policy,) = self.policies.policies
        if policy.categories:
            scopes = Scopes.of(frame, self._planned)
            frame = scopes.frame.filter(scopes.within(policy)).select(frame.columns)
        frame = frame.with_columns(pl.lit(self.at, dtype=MOMENT).alias("now"))
        (answer,) = answers(self.policies, Batch(frame, (), lambda keys, texts_of=None: {}), self._planned)
        return answer

    def _rows(self, keys: Collection[int]) -> Answer:
        summary = Summary()
        outcomes = list(by_row(self.policies, self._subjects(keys), at=self.at, summary=summary))
        tally = summary.tally(NOBODY)
        held = {each.subject_id: each.markets for each in outcomes if each.held}
        unknown = [each.subject_id for each in outcomes if each.held is None]
        return Answer(self.policies.policies[0], tally.looked_at, held, unknown, tally.missing)

    def _subjects(self, keys: Collection[int]) -> list[Read]:
        return facts.listings(Listing.objects.filter(pk__in=among(keys)), needs=self.needs, at=self.at)

    def _counted(self, answer: Answer, frame: pl.DataFrame) -> Figures:
        hits = frame.filter(pl.col(KEY).is_in(list(answer.held))) if answer.held else frame.clear()
        markets: Counter[str] = Counter()
        for several, count in Counter(answer.held.values()).items():
            markets.update(dict.fromkeys(several, count))
        drawn = hits.select(pl.col(KEY).hash(_SEED).alias("_drawn"), KEY).bottom_k(PICKS, by="_drawn")
        caught, caught_by = self.caught(hits[KEY].to_list())
        return Figures(
            looked_at=answer.looked_at,
            matched=hits.height,
            undecidable=len(answer.unknown),
            revenue=float(hits[REVENUE].sum() or 0),
            merchants=set(hits[MERCHANT].unique().to_list()),
            markets=markets,
            categories=Counter(dict(hits[CATEGORY].fill_null("").value_counts().iter_rows())),
            missing=Counter(answer.missing),
            caught=caught,
            caught_by=caught_by,
            picks=sorted(drawn.iter_rows()),
        )
