"""Whether two contestants found the same, and if not, in which rules they differ and why that may be."""

from collections import Counter
from collections.abc import Collection, Mapping
from typing import NamedTuple

from governance.cli.bench.tree import Rule

Found = Collection[tuple[int, int]]
"""Pairs of policy and listing."""
WHY = {
    "pattern": "patterns are RE2 with the words of ASCII here, and have another engine's classes and boundaries there",
    "terms": "a word begins and ends by its script here, and by its separators there",
}
"""Kinds of rule in which an alternative may differ, and for what reason. A difference in any other is a fault."""


class Differs(AssertionError):
    """A contestant found something else, and nothing explains it."""


class Difference(NamedTuple):
    """How many each rule has lost or has too many."""

    lost: Counter[str]
    added: Counter[str]

    @property
    def kinds(self) -> set[str]:
        return {slug.rpartition("-")[2] for slug in {*self.lost, *self.added}}


def difference(ours: Found, theirs: Found, rules: Mapping[int, Rule]) -> Difference:
    """`rules` by their policies' keys."""
    known, found = set(ours), set(theirs)
    return Difference(
        Counter(rules[policy].slug for policy, _listing in known - found),
        Counter(rules[policy].slug for policy, _listing in found - known),
    )


def told(ours: Found, theirs: Found, rules: Mapping[int, Rule]) -> str:
    """Say in a sentence how they agree. Raises Differs where a difference is not explained."""
    found = difference(ours, theirs, rules)
    if not found.lost and not found.added:
        return f"the same {len(ours):,} violations"
    counts = f"{found.lost.total()} of {len(ours):,} violations lost, {found.added.total()} more"
    unexplained = found.kinds - WHY.keys()
    if unexplained:
        raise Differs(f"{counts}: {dict(found.lost.most_common(5))} lost, {dict(found.added.most_common(5))} more")
    return f"{counts}: " + "; ".join(WHY[kind] for kind in sorted(found.kinds))
