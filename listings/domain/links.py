"""Finding who is linked to whom, in the background: first what merchants have is read, then who else has it is found.

What is owed is a row, written in the transaction of the change and gone in the transaction of the work. Turns come one after the
other; running one twice changes nothing the second time.
"""

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog
from django.db import connection, transaction

from governance.accounts.models import User
from governance.audit.domain import entries
from listings.domain import link_marks
from listings.domain.copying import copy_into_temporary
from listings.enums import LINK_MOST, LINK_WEIGHT, LinkKind, LinkStep
from listings.models import LinkOwed, MerchantLink
from listings.queries import links as queries
from listings.queries import photo_prints
from listings.text import photo_likeness
from listings.text.likeness import nearly_same
from listings.text.photo_likeness import nearly_alike

log = structlog.get_logger(__name__)

READ_AT_ONCE, FIND_AT_ONCE = 200, 500
"""Merchants of one turn, in one transaction."""
ALONE = "SELECT pg_try_advisory_xact_lock(7236021)"  # one turn at a time, however many were handed out
FOUND = (
    ("first_id", "bigint"), ("second_id", "bigint"), ("kind", "text"), ("digest", "text"), ("common", "integer"),
    ("strength", "double precision"),
)  # fmt: skip
END = """
    UPDATE listings_merchantlink l SET ended_at = %(at)s
    WHERE l.ended_at IS NULL AND l.kind <> %(declared)s
      AND (l.first_id = ANY(%(merchants)s) OR l.second_id = ANY(%(merchants)s))
      AND NOT EXISTS (
        SELECT 1 FROM found_link f WHERE f.first_id = l.first_id AND f.second_id = l.second_id AND f.kind = l.kind
      )
"""
CHANGE = """
    UPDATE listings_merchantlink l SET strength = f.strength, common = f.common, shared_hash = f.digest
    FROM found_link f
    WHERE l.ended_at IS NULL AND l.first_id = f.first_id AND l.second_id = f.second_id AND l.kind = f.kind
      AND (l.strength, l.common, l.shared_hash) IS DISTINCT FROM (f.strength, f.common, f.digest)
"""
ADD = """
    INSERT INTO listings_merchantlink (first_id, second_id, kind, shared_hash, common, strength, found_at)
    SELECT first_id, second_id, kind, digest, common, strength, %(at)s FROM found_link
    ON CONFLICT (first_id, second_id, kind) WHERE ended_at IS NULL DO NOTHING
"""
LOOKED_AT = (LinkKind.TEXT, LinkKind.LIKE_IMAGE)
"""Kinds whose marks only say where to look: what has one in common is compared before it ties."""
Found = tuple[int, int, str, str, int, float]


@dataclass(frozen=True)
class Turn:
    """What one turn did: so many merchants read or linked; links added, changed and ended."""

    step: LinkStep
    merchants: int
    added: int = 0
    changed: int = 0
    ended: int = 0


@transaction.atomic
def run_next(*, at: datetime) -> Turn | None:
    """Read what some merchants have, or, when all that is due is read, find the links of some. None where nothing is to be done."""
    with connection.cursor() as cursor:
        cursor.execute(ALONE)
        if not cursor.fetchone()[0]:
            return None
    if merchants := queries.owed(LinkStep.READ, at=at, limit=READ_AT_ONCE):
        done = _rows(merchants, LinkStep.READ)
        link_marks.read(merchants, at=at)
        turn = Turn(LinkStep.READ, len(merchants))
    elif merchants := queries.owed(LinkStep.FIND, at=at, limit=FIND_AT_ONCE):
        done = _rows(merchants, LinkStep.FIND)
        turn = _find(merchants, at)
    else:
        return None
    LinkOwed.objects.filter(pk__in=done).delete()
    log.info("links_turn", step=turn.step.value, merchants=turn.merchants, added=turn.added, ended=turn.ended)
    return turn


@transaction.atomic
def look(*, link: MerchantLink, actor: User, at: datetime) -> None:
    """Note that a person has looked at what two merchants share, before it is shown."""
    entries.record(
        verb="merchant_link.seen",
        actor=actor,
        subject_kind="merchant",
        subject_id=link.first_id,
        subject_ref=link.first.public_id,
        at=at,
        data={"kind": link.kind, "with": link.second.public_id},
    )


def _rows(merchants: Sequence[int], step: LinkStep) -> list[int]:
    """What is owed of them now: what is owed while they are read stays for another turn."""
    return list(LinkOwed.objects.filter(merchant__in=merchants, step=step).values_list("pk", flat=True))


def _find(merchants: Sequence[int], at: datetime) -> Turn:
    rows = sorted({*_plain(merchants), *_texts(merchants), *_photos(merchants)})
    told: dict[str, Any] = {"merchants": list(merchants), "declared": LinkKind.DECLARED.value, "at": at}
    counts = []
    with connection.cursor() as cursor:
        copy_into_temporary(cursor, table="found_link", columns=FOUND, rows=rows)
        for statement in (END, CHANGE, ADD):
            cursor.execute(statement, told)
            counts.append(cursor.rowcount)
    ended, changed, added = counts
    return Turn(LinkStep.FIND, len(merchants), added=added, changed=changed, ended=ended)


def _plain(merchants: Sequence[int]) -> Iterator[Found]:
    weights: dict[LinkKind, float] = {
        kind: weight for kind, weight in LINK_WEIGHT.items() if kind not in {*LOOKED_AT, LinkKind.DECLARED}
    }
    for each in queries.common(merchants, weights):
        yield (
            each.first_id,
            each.second_id,
            each.kind,
            each.rarest[1],
            each.things,
            strength(LinkKind(each.kind), each.open),
        )


def _texts(merchants: Sequence[int]) -> Iterator[Found]:
    """Texts with a mark in common that are nearly the same, letter by letter."""
    pairs = queries.near(merchants, LinkKind.TEXT)
    texts = queries.skeletons(_listings(pairs))
    same = [each for each in pairs if nearly_same(texts.get(each.one, ""), texts.get(each.other, ""))]
    return _weighed(LinkKind.TEXT, same)


def _photos(merchants: Sequence[int]) -> Iterator[Found]:
    """Photos with a mark in common that are nearly alike, bit by bit. A picture that both have, or that too many have in some form,
    counts for nothing here."""
    pairs = queries.near(merchants, LinkKind.LIKE_IMAGE)
    prints = photo_prints.of_listings(_listings(pairs))
    like = {each: _like(prints.get(each.one, {}), prints.get(each.other, {})) for each in pairs}
    contents = {sha256 for photos in like.values() for photo in photos for sha256 in photo}
    known = {sha256: bits for shown in prints.values() for sha256, bits in shown.items() if sha256 in contents}
    common, holders = _common(known), queries.holders(contents)
    same = [
        each
        for each, photos in like.items()
        if any(
            not {one, other} & common and each.second_id not in holders[one] and each.first_id not in holders[other]
            for one, other in photos
        )
    ]
    return _weighed(LinkKind.LIKE_IMAGE, same)


def _like(ones: Mapping[str, int], others: Mapping[str, int]) -> list[tuple[str, str]]:
    """Of two listings' photos those nearly alike, none where a photo is the same: they are linked by that one already."""
    return [] if ones.keys() & others.keys() else nearly_alike(ones, others)


def _common(prints: Mapping[str, int]) -> set[str]:
    """Those of these photos of which a mark is held by too many."""
    marks = {
        sha256: {link_marks.digest_of(LinkKind.LIKE_IMAGE, mark) for mark in photo_likeness.marks(print_)}
        for sha256, print_ in prints.items()
    }
    many = queries.held_by_many(LinkKind.LIKE_IMAGE, {digest for held in marks.values() for digest in held})
    return {sha256 for sha256, held in marks.items() if held & many}


def _listings(pairs: Sequence[queries.Near]) -> set[int]:
    return {key for each in pairs for key in (each.one, each.other)}


def _weighed(kind: LinkKind, pairs: Sequence[queries.Near]) -> Iterator[Found]:
    """One link for what two merchants have nearly alike."""
    same: dict[tuple[int, int], list[tuple[int, str]]] = defaultdict(list)
    for each in pairs:
        same[each.first_id, each.second_id].append((each.holders, each.digest))
    for (first, second), things in same.items():
        left = sum(math.log1p(-LINK_WEIGHT[kind] * math.sqrt(2 / holders)) for holders, _digest in things)
        yield first, second, kind.value, min(things)[1], len(things), strength(kind, left)


def strength(kind: LinkKind, left: float) -> float:
    """From the logarithm of what all that is shared leaves open. Rounded, so that another order of summing changes nothing."""
    return round(min(1 - math.exp(left), LINK_MOST[kind]), 4)
