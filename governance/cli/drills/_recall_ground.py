"""Real alerts, listings planted as their products and as look-alikes, and how many of each are found by what."""

import gzip
import random
import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.utils import timezone

from investigations.domain import recall_matching, recalls
from investigations.enums import MatchKind
from investigations.models import RecallAlert, RecallMark, RecallMatch
from investigations.queries import recall_candidates
from investigations.text import identifiers
from investigations.text.likeness import Alert
from listings.models import Listing, Merchant

FILES = (
    "regdata/safety_gate_sample.json",
    "regdata/safety_gate_sample.csv",
    "data/restricted/safety_gate_and_sk_alerts.csv.gz",
    "data/restricted/cpsc_recalls_2023_12_2026_04.csv.gz",
)
ANOTHER = "Zyxoria"
"""A brand that no alert names."""
LOOKALIKES = ("other brand", "other model", "longer model", "made for it", "other barcode")
BATCH = 2_000


@dataclass(frozen=True)
class Planted:
    """`truth` is the surest kind by which it can be found, or which look-alike it is."""

    alert_id: int
    truth: str
    fields: Mapping[str, Any]


@dataclass
class Result:
    """By kind of match: how many were planted, how many of them were found by it, and what else was called so."""

    way: str
    seconds: float
    planted: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)
    called: Counter[str] = field(default_factory=Counter)
    wrong: Counter[str] = field(default_factory=Counter)
    exact_lookalikes: Counter[str] = field(default_factory=Counter)
    shown_lookalikes: Counter[str] = field(default_factory=Counter)
    examples: list[str] = field(default_factory=list)
    """Of what was called exact and is not."""


def plant(shared: Path, merchant: Merchant, *, most: int | None = None) -> list[tuple[int, Planted]]:
    """Take the files in, and plant listings for each alert (at most `most` of them). By listing's key."""
    at = timezone.now()
    for name in FILES:
        data = (shared / name).read_bytes()
        data = gzip.decompress(data) if name.endswith(".gz") else data
        recalls.receive_file(data=data, origin=name, actor=None, at=at)
    alerts = list(RecallAlert.objects.order_by("pk"))
    if most is not None:
        kept = random.Random(2026).sample(alerts, min(most, len(alerts)))  # noqa: S311 -- which, not a secret
        RecallAlert.objects.exclude(pk__in=[each.pk for each in kept]).update(owed_at=None)
        alerts = sorted(kept, key=lambda each: each.pk)
    recalled = {number for alert in RecallAlert.objects.iterator() for number in recalls.facts_of(alert).gtins}
    planted = [each for alert in alerts for each in _of(alert, recalled)]
    rows = [
        Listing(
            merchant=merchant, external_id=f"planted-{n}", content_hash=f"p{n:031d}", markets=["DE"], change=n + 1,
            created_at=at, changed_at=at, **each.fields,
        )
        for n, each in enumerate(planted, start=recall_candidates.newest_change())
    ]  # fmt: skip
    made = Listing.objects.bulk_create(rows, batch_size=BATCH)
    return [(listing.pk, each) for listing, each in zip(made, planted, strict=True)]


def by_alert(planted: list[tuple[int, Planted]]) -> Result:
    """Every alert against the whole catalogue."""
    began = timezone.now()
    while recall_matching.match_owed(began):
        pass
    return _read("alerts against the catalogue", planted, (timezone.now() - began).total_seconds())


def by_listing(planted: list[tuple[int, Planted]]) -> Result:
    """Every listing against the alerts, as if all had just come."""
    RecallMatch.objects.all().delete()
    RecallMark.objects.all().delete()
    began = timezone.now()
    while recall_matching.match_changed(at=began):
        pass
    return _read("the catalogue against alerts", planted, (timezone.now() - began).total_seconds())


def _read(way: str, planted: list[tuple[int, Planted]], seconds: float) -> Result:
    result, truths = Result(way, seconds), dict(planted)
    result.planted.update(each.truth for _key, each in planted)
    wanted = {(key, each.alert_id): each.truth for key, each in planted}
    rows = (
        RecallMatch.objects.select_related("alert", "listing")
        .filter(alert__in={each.alert_id for _key, each in planted})
        .order_by("pk")
    )
    for match in rows.iterator(chunk_size=BATCH):
        name = match.kind if match.kind == MatchKind.TEXT or match.is_exact else "doubtful"
        truth = wanted.get((match.listing_id, match.alert_id))
        theirs = truths.get(match.listing_id)
        result.called[name] += 1
        if truth in LOOKALIKES:
            result.shown_lookalikes[truth] += 1
            result.exact_lookalikes[truth] += match.is_exact
            if match.is_exact:
                result.examples.append(f"{truth}: {_said(match)}")
        if truth in MatchKind.values:
            result.found[truth] += 1
        elif not _is_another_alert_of_it(match, theirs):
            result.wrong[name] += 1
            if match.is_exact:
                result.examples.append(_said(match))
    return result


def _said(match: RecallMatch) -> str:
    alert, listing = match.alert, match.listing
    return f"{alert} ({alert.title[:60]}) and “{listing.title[:80]}” by {listing.brand or 'nobody'}: {match.basis}"


def _is_another_alert_of_it(match: RecallMatch, theirs: Planted | None) -> bool:
    """Planted as the product of an alert that names the same: several alerts are about one product."""
    if theirs is None or theirs.truth in LOOKALIKES:
        return False
    facts = recalls.facts_of(RecallAlert.objects.get(pk=theirs.alert_id))
    other = recalls.facts_of(match.alert)
    same_model = set(facts.model_keys) & set(other.model_keys) and set(facts.brand_keys) & set(other.brand_keys)
    return bool(facts.gtins & other.gtins or same_model or facts.words == other.words)


def _of(alert: RecallAlert, recalled: Collection[str]) -> Iterator[Planted]:
    """What is planted for one alert, as far as its facts allow it; `recalled` are the barcodes of all."""
    facts = recalls.facts_of(alert)
    gtins = sorted(number for number in facts.gtins if not identifiers.is_in_store(number))
    brand = next(iter(facts.brand_keys.values()), "")
    model = next(
        (
            text
            for key, text in facts.model_keys.items()
            if len(key) >= identifiers.SHORT_MODEL and not re.search(r"[\s,/]", text)
        ),
        "",
    )
    kind = " ".join(word for word in (alert.product or alert.name)[:60].split() if not _is_model(word, facts))
    if gtins:
        yield Planted(alert.pk, "gtin", {"title": "New, unused, fast delivery", "ean": gtins[0]})
        other = next(each for each in neighbours(gtins[0]) if identifiers.gtin(each) not in recalled)
        yield Planted(alert.pk, "other barcode", {"title": "New, unused, fast delivery", "ean": other})
    if brand and model and _is_product(facts):
        yield from _by_model(alert.pk, brand, model, kind)
    if brand and len(max(facts.words, key=len, default=frozenset())) >= 2:
        name = _slipped(alert.name or alert.product)[:200]
        yield Planted(alert.pk, "text", {"title": f"{name} – {brand}", "brand": brand.title()})


def _is_model(word: str, facts: Alert) -> bool:
    """A look-alike does not name the model."""
    return identifiers.compact(word) in facts.model_keys


def _is_product(facts: Alert) -> bool:
    return any(facts.words)


def _by_model(alert_id: int, brand: str, model: str, kind: str) -> Iterator[Planted]:
    """Written as merchants write it, and what only looks like it."""
    spaced, joined = model.replace("-", " "), identifiers.compact(model)
    yield Planted(alert_id, "model", {"title": f"{brand.upper()} {kind} {spaced}"})
    yield Planted(alert_id, "model", {"title": kind, "brand": brand, "attributes": {"model": joined}})
    yield Planted(alert_id, "model", {"title": kind, "brand": brand, "description": f"Type: {model}. New."})
    yield Planted(alert_id, "other brand", {"title": f"{kind} {model}", "brand": ANOTHER})
    yield Planted(alert_id, "other model", {"title": f"{kind} ZX9-77Q", "brand": brand})
    yield Planted(alert_id, "longer model", {"title": f"{kind} {model}-Z9", "brand": brand})
    yield Planted(alert_id, "made for it", {"title": f"Storage bag for {brand} {model}", "brand": ANOTHER})


def _slipped(text: str) -> str:
    """The same words with a slip of the pen in the longest."""
    words = text.split()
    longest = max(range(len(words)), key=lambda place: len(words[place]), default=0)
    if words and len(words[longest]) > 7:
        words[longest] = words[longest][:3] + words[longest][4:]
    return " ".join(words)


def neighbours(number: str) -> Iterator[str]:
    """Other numbers of the same length that are barcodes, too, from the nearest on."""
    head, last = number[:-4], int(number[-4:-1])
    for step in range(1, 1_000):
        body = f"{head}{(last + step) % 1_000:03d}"
        yield next(body + str(digit) for digit in range(10) if identifiers.gtin(body + str(digit)))
