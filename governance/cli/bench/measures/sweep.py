"""A full sweep, database to database, beside the alternatives."""

import os
import tempfile
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from typing import Any

from governance.cli.bench import agreement, figures, loading, snapshots
from governance.cli.bench.contestants import contestant, ours, registry
from governance.cli.bench.contestants.contestant import Contestant
from governance.cli.bench.figures import Timings
from governance.cli.bench.lanes import Lane
from governance.cli.bench.tree import Rule

ONE, TWO, TABLES = "ours", "ours_two", "ours_tables"
OURS = {ONE: (ONE,), TWO: (ONE, TWO), TABLES: (TABLES,)}
"""Ways in which the product runs, and the lanes that share the work: without a snapshot it reads the tables."""
SAMPLE, TENTH, LONGEST = 10_000, 0.1, 30.0
"""Who goes row by row, and is slower than a tenth of ours or would take longer than so many seconds a round, runs on a sample."""
ENOUGH = 4
"""Processors on which two workers can be compared with one."""
Say = Callable[[str], None]


def measure(*, listings: int, seed: int, rounds: int, say: Say) -> dict[str, Any]:
    say(figures.machine())
    loading.load(listings, seed=seed, say=say)
    snapshots.make(say)
    sampled = contestant.make_sample(min(SAMPLE, listings), seed=seed)
    with ExitStack() as stack:
        lanes = {name: stack.enter_context(Lane()) for name in (ONE, TWO, *registry.ALTERNATIVES)}
        nowhere = stack.enter_context(tempfile.TemporaryDirectory())
        lanes[TABLES] = stack.enter_context(Lane(SNAPSHOT_DIR=nowhere))
        match_up = Match(lanes, listings, sampled, say)
        for name in registry.ALTERNATIVES:
            match_up.prepare(name)
        loading.settle()
        for nth in range(rounds):
            match_up.round(nth + 1)
        return match_up.told()


class Match:
    """Rounds in which everybody runs once, one after the other."""

    def __init__(self, lanes: Mapping[str, Lane], listings: int, sampled: int, say: Say) -> None:
        self.lanes, self.listings, self.sampled, self.say = lanes, listings, sampled, say
        self.timings = {name: Timings(listings) for name in OURS}
        self.found: set[tuple[int, int]] = set()
        self.sample = contestant.sampled()
        self.rules: Mapping[int, Rule] = {each.policy: each.rule for each in contestant.in_force()}

    def prepare(self, name: str) -> None:
        kind = registry.ALTERNATIVES[name]
        took = self.lanes[name].timed(registry.prepare, name)
        if kind.prepared:
            self.say(f"{name} was given beforehand ({took:.1f} s): {kind.prepared}.")

    def round(self, number: int) -> None:
        for name in OURS:
            self._run_ours(name)
        for name, kind in registry.ALTERNATIVES.items():
            if name not in self.timings:
                self._choose(name, kind)
            self._run(name)
            if number == 1 and kind.finds:
                self._compare(name)
        rates = (f"{name} {timings.listings / timings.seconds[-1]:,.0f}" for name, timings in self.timings.items())
        self.say(f"Round {number}, listings a second: {', '.join(rates)}")

    def _run_ours(self, name: str) -> None:
        contestant.clear()
        workers = [self.lanes[each] for each in OURS[name]]
        begun = time.perf_counter()
        sweep = ours.begin()
        for done in [lane.begin(ours.work, sweep, len(workers)) for lane in workers]:
            done.result()
        self.timings[name].seconds.append(time.perf_counter() - begun)
        ours.check(sweep)
        if self.found:
            if contestant.violations() != self.found:
                raise ours.SweepBroke(f"{name} leaves other violations than ours did before.")
            return
        self.found = contestant.violations()
        broken = len({listing for _policy, listing in self.found})
        self.say(f"{len(self.found):,} violations of {broken / self.listings:.1%} of the listings.")

    def _choose(self, name: str, kind: type[Contestant]) -> None:
        """Whole catalogue or sample, by a first run on the sample. What reads all at once is slow on a few."""
        contestant.clear()
        rate = self.sampled / self.lanes[name].timed(registry.run, name, True)
        slow, long = rate < self.timings[ONE].rate * TENTH, self.listings / rate > LONGEST
        on_sample = kind.by_row and self.sampled < self.listings and (slow or long)
        if on_sample:
            why = "is slower than a tenth of ours" if slow else f"would take more than {LONGEST:.0f} s a round"
            self.say(f"{name} {why}: it runs on a sample of {self.sampled:,} listings.")
        self.timings[name] = Timings(self.sampled if on_sample else self.listings)

    def _run(self, name: str) -> None:
        contestant.clear()
        timings = self.timings[name]
        timings.seconds.append(self.lanes[name].timed(registry.run, name, self._on_sample(name)))

    def _on_sample(self, name: str) -> bool:
        return self.timings[name].listings < self.listings

    def _compare(self, name: str) -> None:
        known = {pair for pair in self.found if pair[1] in self.sample} if self._on_sample(name) else self.found
        self.say(f"{name}: {agreement.told(known, contestant.violations(), self.rules)}.")

    def told(self) -> dict[str, Any]:
        ratios: dict[str, float] = {}
        rows = [("", "listings a second", "slowest to fastest", "listings", "ours is", "with")]
        for name, timings in self.timings.items():
            ratio, with_ = "", ""
            if name in registry.ALTERNATIVES:
                against = TWO if registry.ALTERNATIVES[name].all_cores else ONE
                ratios[name] = round(self.timings[against].rate / timings.rate, 2)
                ratio, with_ = f"{ratios[name]:.2f} times", "two processes" if against == TWO else "one process"
            rows.append((name, f"{timings.rate:,.0f}", timings.spread, f"{timings.listings:,}", ratio, with_))
        print(figures.table(rows))
        for name, kind in registry.ALTERNATIVES.items():
            print(f"  {name}: {kind.told}")
        one, two = self.timings[ONE].rate, self.timings[TWO].rate
        print(f"  Two processes are {two / one:.2f} times one{_what_that_says()}.")
        return {
            "listings": self.listings,
            "rows_per_second": round(one),
            "rows_per_second_two_processes": round(two),
            "rows_per_second_from_tables": round(self.timings[TABLES].rate),
            "ratios": ratios,
            "peak_rss_mb": self.lanes[ONE].peak_mb(),
            "violations": len(self.found),
            "sample": self.sampled,
            "rounds": len(self.timings[ONE].seconds),
        }


def _what_that_says() -> str:
    """Two workers and PostgreSQL's two need four processors to show what they can."""
    have = os.cpu_count() or 1
    return "" if have >= ENOUGH else f", on {have} processors that they share with PostgreSQL: not measurable here"
