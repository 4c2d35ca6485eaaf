"""Listings in blocks that depend on nothing but the seed, the block's number and the number of merchants."""

import random
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from governance.cli.bench.merchants import AS_OF, certificate_dates
from governance.cli.bench.planting import planted
from governance.cli.bench.register import PLACES, VALUES, Place
from governance.cli.bench.taxonomy import Node, taxonomy
from governance.cli.bench.words import Phrase, tongue
from listings.domain.drafts import CertificateDraft, ListingDraft
from listings.text import ZONE_SEPARATOR, ListingText

BLOCK = 2_000
STARTED = datetime.combine(AS_OF, datetime.min.time(), UTC)
WRITTEN = STARTED - timedelta(days=1)
"""When everything was last changed."""
HAS_ATTRIBUTE, HAS_CERTIFICATE, HAS_PRICE, HAS_IMAGE = 0.85, 0.65, 0.99, 0.1
MORE_MARKETS = 0.5
_PLACES = [place for place in PLACES for _share in range(place.share)]


class Made(NamedTuple):
    """A listing, by its key, with the texts that are stored beside it."""

    key: int
    draft: ListingDraft
    price_eur: str | None
    attributes: str
    base: str
    skeleton: str


def blocks(count: int) -> int:
    return -(-count // BLOCK)


def block(number: int, *, count: int, merchants: int, seed: int) -> Iterator[Made]:
    """Yield the listings of a block, the first of which is number 0. Of the last one only as many as are left."""
    chance = random.Random(f"{seed} listings {number}")
    for key in range(number * BLOCK + 1, min(count, (number + 1) * BLOCK) + 1):
        yield _listing(key, merchants, chance)


def _listing(key: int, merchants: int, chance: random.Random) -> Made:
    drawn = chance.random
    place = _PLACES[int(drawn() * len(_PLACES))]
    categories = taxonomy()
    category = categories[int(drawn() * len(categories))]
    title, description = _words(place.language, chance)
    attributes, texts, json = _attributes(category, chance)
    hidden = planted(chance)
    if hidden:
        description.insert(int(drawn() * len(description)) + 1, Phrase(hidden, "", ""))
    written = " ".join([each.written for each in title]), " ".join([each.written for each in description])
    if hidden:
        found = ListingText(*written, attributes).normalised
        base, skeleton = found.base, found.skeleton
    else:
        base, skeleton = _joined(title, description, texts)
    minor = int(chance.lognormvariate(8.2, 1.6) * place.per_mille / 1_000) + 50 if drawn() < HAS_PRICE else None
    draft = ListingDraft(
        merchant_id=int(merchants * drawn() ** 3) + 1,
        external_id=f"l{key}",
        category_id=category.key,
        category_code=category.code,
        title=written[0],
        description=written[1],
        language=place.language,
        brand=texts[0].written if texts else "",
        condition="new",
        price_minor=minor,
        currency="" if minor is None else place.currency,
        markets=_markets(place, chance),
        attributes=attributes,
        images=(f"https://images.test/{key}.jpg",) if drawn() < HAS_IMAGE else (),
        certificates=tuple(_certificates(key, category, chance)),
        created_at=STARTED - timedelta(minutes=int(drawn() * 1_000_000)),
    )
    return Made(key, draft, None if minor is None else _euro(minor, place), json, base, skeleton)


def _words(language: str, chance: random.Random) -> tuple[list[Phrase], list[Phrase]]:
    drawn, spoken = chance.random, tongue(language)
    openings, sentences = spoken.openings, spoken.sentences
    title = [openings[int(drawn() * len(openings))] for _half in range(2)]
    return title, [sentences[int(drawn() * len(sentences))] for _nth in range(4 + int(drawn() * 5))]


def _joined(title: Sequence[Phrase], description: Sequence[Phrase], texts: Sequence[Phrase]) -> tuple[str, str]:
    """The normalised texts: of phrases with a space between them, and of zones with their separator."""
    return (
        ZONE_SEPARATOR.join(
            [
                " ".join([each.base for each in title]),
                " ".join([each.base for each in description]),
                *[each.base for each in texts],
            ]
        ),
        ZONE_SEPARATOR.join(
            [
                " ".join([each.skeleton for each in title]),
                " ".join([each.skeleton for each in description]),
                *[each.skeleton for each in texts],
            ]
        ),
    )


def _attributes(category: Node, chance: random.Random) -> tuple[dict[str, Any], list[Phrase], str]:
    """Values by key, those in words as phrases, and all of them as JSON, in the order of the keys."""
    drawn = chance.random
    held: dict[str, Any] = {}
    texts: list[Phrase] = []
    pieces: list[str] = []
    for attribute in category.attributes:
        if drawn() < HAS_ATTRIBUTE:
            nth = int(drawn() * VALUES) % len(attribute.values)
            held[attribute.key] = attribute.values[nth]
            pieces.append(f'"{attribute.key}": {attribute.json[nth]}')
            if attribute.phrases:
                texts.append(attribute.phrases[nth])
    return held, texts, "{" + ", ".join(pieces) + "}"


def _markets(place: Place, chance: random.Random) -> tuple[str, ...]:
    """One to three, the first of which is where its language is spoken."""
    found = [place.code]
    while len(found) < 3 and chance.random() < MORE_MARKETS:
        code = _PLACES[int(chance.random() * len(_PLACES))].code
        if code not in found:
            found.append(code)
    return tuple(found)


def _certificates(key: int, category: Node, chance: random.Random) -> Iterator[CertificateDraft]:
    """Some of those that are usual in the category."""
    for kind in category.certificates:
        if chance.random() < HAS_CERTIFICATE:
            first, last = certificate_dates(chance)
            yield CertificateDraft(kind, f"{kind}-{key}", "Bench Institute", "", first, last)


def _euro(minor: int, place: Place) -> str:
    cents = (2 * minor * 1_000 + place.per_mille) // (2 * place.per_mille)
    return f"{cents // 100}.{cents % 100:02}"
