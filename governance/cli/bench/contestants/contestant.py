"""What every contestant is asked for."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import ClassVar, NamedTuple

from django.db import connection

from enforcement.models import Violation
from governance.cli.bench.listings import STARTED
from governance.cli.bench.merchants import AS_OF
from governance.cli.bench.rules import rules
from governance.cli.bench.tree import Rule
from governance.policies.models import Policy

TODAY, NOW = AS_OF, STARTED
SAMPLE = "bench_sample"
"""A table with the keys of the sample, for those who are too slow for the whole catalogue."""


class InForce(NamedTuple):
    rule: Rule
    policy: int
    version: int


class Contestant(ABC):
    """`told` says how it does it; `prepared`, what it was given beforehand and pays nothing for.

    One that uses `all_cores` is compared with two processes of ours, the others with one. One that does not find anything
    merely says what there is to be had. One that goes `by_row` has the same rate on a sample.
    """

    name: ClassVar[str]
    told: ClassVar[str]
    prepared: ClassVar[str] = ""
    all_cores: ClassVar[bool] = False
    finds: ClassVar[bool] = True
    by_row: ClassVar[bool] = False

    def prepare(self) -> None:
        """Make what it may have beforehand. Untimed."""
        return

    @abstractmethod
    def run(self, *, sample: bool) -> None:
        """Read, evaluate, write the violations. Timed."""


def in_force() -> Sequence[InForce]:
    """The rules with the keys of their policies, in their order."""
    keys = {slug: (key, version) for slug, key, version in Policy.objects.values_list("slug", "pk", "live_id")}
    return [InForce(rule, *keys[rule.slug]) for rule in rules()]


def violation(of: InForce, *, merchant: int, listing: int, version: int, markets: Sequence[str]) -> Violation:
    """As a sweep in shadow writes it, without its explanation."""
    return Violation(
        policy_id=of.policy,
        version_id=of.version,
        merchant_id=merchant,
        listing_id=listing,
        listing_version=version,
        markets=[market for market in markets if market in of.rule.jurisdictions],
        mode="shadow",
        found_at=NOW,
        seen_at=NOW,
    )


def violations() -> set[tuple[int, int]]:
    """What the last contestant found: policy and listing."""
    return set(Violation.objects.values_list("policy_id", "listing_id"))


def clear() -> None:
    """Take the violations away, and what the table has grown by."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM enforcement_violation")
        cursor.execute("VACUUM (FULL, ANALYZE) enforcement_violation")


def make_sample(size: int, *, seed: int) -> int:
    """Choose listings by their keys' hash, and return how many there are."""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS {SAMPLE}")
        cursor.execute(
            f"CREATE TABLE {SAMPLE} AS SELECT id FROM listings_listing ORDER BY md5(id::text || %s), id LIMIT %s",
            [str(seed), size],
        )
        cursor.execute(f"ALTER TABLE {SAMPLE} ADD PRIMARY KEY (id)")
        cursor.execute(f"ANALYZE {SAMPLE}")
        cursor.execute(f"SELECT count(*) FROM {SAMPLE}")
        return int(cursor.fetchone()[0])


def sampled() -> set[int]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT id FROM {SAMPLE}")
        return {key for (key,) in cursor.fetchall()}
