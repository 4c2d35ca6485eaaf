"""Whether a listing is the product of an alert: by what, how surely, and what speaks against it. Pure."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

from rapidfuzz import fuzz, process

from investigations.enums import MatchKind
from investigations.text import identifiers

SURE, FAIRLY_SURE, WITHOUT_BRAND, BRAND_IN_TITLE, OTHER_BRAND, DOUBTFUL = 100, 95, 75, 60, 45, 35
SHORTEST_BRAND_IN_TEXT = 3
SHORTEST_FIRST_WORD = 4
SAME_WORD = 85
"""Of 100: a plural, another case or a slip of the pen."""
SHARED_ALONE, SHARED_WITH_BRAND = 3, 1
"""Words of the alert's name that a title shares, where the brand is not the same and where it is."""
COVERED_ALONE, COVERED_WITH_BRAND = 0.7, 0.34
LEAST = 30
"""Less sure is not shown to anybody."""
MODEL_LIKE = re.compile(
    r"(?<![\w\-])(?=[\w\-]*\d)(?=[\w\-]*[\dA-Z]{2})[A-Za-z\d]+(?:-[A-Za-z\d]+)*(?<=[\w\-]{5})(?![\w\-])"
)
AMOUNT = re.compile(r"^\d+(?:x\d+)*(?:mm|cm|m|ml|cl|l|mg|g|kg|w|kw|v|mah|ah|pcs|stk|gb|tb|inch|zoll|led)$")
FOR = re.compile(
    r"\b(?:for|fits|compatible with|für|fuer|passend für|passend zu|kompatibel mit|geeignet für|ersatz für|pour|compatible avec|"
    r"para|per|voor|geschikt voor|för|til|dla|do|pro|pre|için)\s+"
    r"(?:(?:the|your|der|die|das|den|dem|ihren?|le|la|les|l['’]|votre|el|il|lo|de|het)\s+){0,2}$",
    re.IGNORECASE,
)


class Mark(NamedTuple):
    """Characters `start` to `end` of a field of the listing."""

    field: str
    start: int
    end: int


@dataclass(frozen=True)
class Alert:
    """What a listing is held against."""

    barcodes: tuple[str, ...] = ()
    brands: tuple[str, ...] = ()
    models: tuple[str, ...] = ()
    batches: tuple[str, ...] = ()
    product: str = ""
    name: str = ""

    @cached_property
    def gtins(self) -> frozenset[str]:
        return identifiers.gtins(self.barcodes)

    @cached_property
    def brand_keys(self) -> dict[str, str]:
        return identifiers.brands(self.brands)

    @cached_property
    def model_keys(self) -> dict[str, str]:
        return identifiers.models(self.models)

    @cached_property
    def words(self) -> tuple[frozenset[str], ...]:
        """Of the name, and of the kind of product."""
        branded = {word for brand in self.brands for word in identifiers.words(brand)}
        return tuple(
            words
            for text in (self.name, self.product, f"{self.name} {self.product}")
            if (words := identifiers.words(text) - branded)
        )


@dataclass(frozen=True)
class Offer:
    """What a merchant wrote. `model` is what the listing's own fields say: model or part number."""

    id: int
    version: int
    title: str = ""
    description: str = ""
    brand: str = ""
    ean: str = ""
    model: str = ""

    @cached_property
    def gtin(self) -> str:
        return identifiers.gtin(self.ean)

    @cached_property
    def brand_key(self) -> str:
        key = identifiers.compact(self.brand)
        return "" if key in identifiers.PLACEHOLDERS else key

    @cached_property
    def grams(self) -> frozenset[str]:
        return identifiers.grams(self.title)

    @cached_property
    def words(self) -> tuple[str, ...]:
        return tuple(sorted(identifiers.words(self.title)))


class Equal(NamedTuple):
    """A part that is equal: what it is, and how either side writes it."""

    what: str
    ours: str
    theirs: str


@dataclass
class Likeness:
    kind: MatchKind
    sureness: int
    basis: list[Equal] = field(default_factory=list)
    against: list[tuple[str, str]] = field(default_factory=list)

    def doubt(self, why: str, value: str, *, at_most: int) -> None:
        self.against.append((why, value))
        self.sureness = min(self.sureness, at_most)

    def as_stored(self) -> Mapping[str, Any]:
        return {
            "kind": self.kind.value,
            "sureness": self.sureness,
            "basis": [each._asdict() for each in self.basis],
            "against": [{"why": why, "value": value} for why, value in self.against],
        }


def compare(alert: Alert, offer: Offer) -> Likeness | None:
    """The surest way in which they are alike; None if they are not."""
    brand = _brand(alert, offer)
    found = _by_barcode(alert, offer) or _by_model(alert, offer, brand) or _by_text(alert, offer, brand)
    if found is None:
        return None
    if brand is not None:
        found.basis.append(brand)
        if offer.brand_key and not _same_brand(brand.ours, offer.brand):
            found.doubt("brand", offer.brand, at_most=85 if found.kind == MatchKind.GTIN else BRAND_IN_TITLE)
    elif alert.brand_keys and offer.brand_key:
        most = 85 if found.kind == MatchKind.GTIN else OTHER_BRAND if found.kind == MatchKind.MODEL else DOUBTFUL
        found.doubt("brand", offer.brand, at_most=most)
    if found.kind != MatchKind.GTIN and (stands_for := _made_for(alert, offer)):
        found.doubt("accessory", stands_for, at_most=DOUBTFUL)
    found.basis += [Equal("batch", batch, batch) for batch in _batches(alert, offer)]
    return found if found.sureness >= LEAST else None


def _by_barcode(alert: Alert, offer: Offer) -> Likeness | None:
    if not offer.gtin or offer.gtin not in alert.gtins:
        return None
    ours = next(text for text in alert.barcodes if identifiers.gtin(text) == offer.gtin)
    found = Likeness(MatchKind.GTIN, SURE, [Equal("barcode", ours, offer.ean)])
    if identifiers.is_in_store(offer.gtin):
        found.doubt("in_store", offer.ean, at_most=60)
    return found


def _by_model(alert: Alert, offer: Offer, brand: Equal | None) -> Likeness | None:
    """A model that says something alone counts without its brand too, but is sure only with it."""
    other_brand = bool(alert.brand_keys and offer.brand_key and brand is None)
    for key, written in sorted(alert.model_keys.items(), key=lambda each: -len(each[0])):
        if brand is None and not identifiers.is_telling(key):
            continue
        seen = _model_in(key, offer)
        if seen is None:
            continue
        found = Likeness(MatchKind.MODEL, FAIRLY_SURE, [Equal("model", written, seen)])
        if brand is None and not other_brand:
            found.doubt("no_brand", "", at_most=WITHOUT_BRAND)
        if brand is not None and len(key) < identifiers.SHORT_MODEL:
            found.doubt("short_model", written, at_most=70)
        if other_brand and not _shared(alert, offer):
            return None
        return found
    return None


def _by_text(alert: Alert, offer: Offer, brand: Equal | None) -> Likeness | None:
    if brand is None and alert.brand_keys and offer.brand_key:
        return None
    shared = _shared(alert, offer)
    if not shared:
        return None
    words, covered = shared
    if brand is not None and (len(words) < SHARED_WITH_BRAND or covered < COVERED_WITH_BRAND):
        return None
    if brand is None and (len(words) < SHARED_ALONE or covered < COVERED_ALONE):
        return None
    sureness = round(40 + 40 * covered) if brand is not None else round(30 + 30 * covered)
    found = Likeness(MatchKind.TEXT, sureness, [Equal("words", ours, theirs) for ours, theirs in words])
    if alert.model_keys and (other := _other_model(alert, offer)):
        found.doubt("model", other, at_most=40)
    return found


# --- parts -----------------------------------------------------------------------------------------


def _brand(alert: Alert, offer: Offer) -> Equal | None:
    """The alert's brand, in the field for it or else in the title."""
    for written in alert.brand_keys.values():
        if offer.brand_key and _same_brand(written, offer.brand):
            return Equal("brand", written, offer.brand)
    for key, written in alert.brand_keys.items():
        if len(key) >= SHORTEST_BRAND_IN_TEXT and key in offer.grams:
            return Equal("brand", written, written)
    return None


def _same_brand(one: str, other: str) -> bool:
    """Written alike, or the shorter is the first words of the longer: `Bosch` and `Bosch Professional`."""
    if identifiers.compact(one) == identifiers.compact(other):
        return True
    ours, theirs = ([key for word in text.split() if (key := identifiers.compact(word))] for text in (one, other))
    short = min(len(ours), len(theirs))
    return len("".join(ours[:short])) >= SHORTEST_FIRST_WORD and ours[:short] == theirs[:short]


def _model_in(key: str, offer: Offer) -> str | None:
    """The model as the listing writes it: in its own field, its title or its description."""
    if offer.model and identifiers.compact(offer.model) == key:
        return offer.model
    pattern = model_pattern(key)
    for text in (offer.title, offer.description):
        if found := pattern.search(text):
            return str(found.group())
    return None


def _other_model(alert: Alert, offer: Offer) -> str:
    """A model that the listing names and the alert does not."""
    for text in filter(None, (offer.model, *MODEL_LIKE.findall(offer.title))):
        key = identifiers.compact(text)
        if key not in alert.model_keys and (text == offer.model or not (text.isdigit() or AMOUNT.match(key))):
            return str(text)
    return ""


def model_pattern(key: str) -> re.Pattern[str]:
    """The model with or without signs between its parts, and not as part of a longer one (`GSR-12` is not `GSR-12-B`)."""
    parts = r"[\s\-_./*]{0,2}".join(re.escape(char) for char in key)
    return re.compile(rf"(?<![^\W_])(?<![^\W_][\-.]){parts}(?![^\W_])(?!\-[^\W_])(?!\.\d)", re.IGNORECASE)


def _shared(alert: Alert, offer: Offer) -> tuple[list[tuple[str, str]], float] | None:
    """The words that name and title share, and which share of the name they are; of the names the one shared most."""
    best: tuple[list[tuple[str, str]], float] | None = None
    for words in alert.words:
        pairs = [(word, same) for word in sorted(words) if (same := _same_word(word, offer.words))]
        if pairs and (best is None or (len(pairs), len(pairs) / len(words)) > (len(best[0]), best[1])):
            best = pairs, len(pairs) / len(words)
    return best


def _same_word(word: str, among: tuple[str, ...]) -> str:
    if word in among:
        return word
    found = process.extractOne(word, among, scorer=fuzz.ratio, score_cutoff=SAME_WORD)
    return str(found[0]) if found else ""


def _made_for(alert: Alert, offer: Offer) -> str:
    """`for X`, where X is the recalled brand or model: what is made for it is not it."""
    for start in _places(alert, offer.title):
        if found := FOR.search(offer.title[:start]):
            return offer.title[found.start() : start + 20].strip()
    return ""


def _places(alert: Alert, title: str) -> Iterator[int]:
    for key in (*alert.brand_keys, *alert.model_keys):
        if found := model_pattern(key).search(title):
            yield found.start()


def _batches(alert: Alert, offer: Offer) -> list[str]:
    """Batches that the listing names: a hint, never a ground."""
    text = f"{offer.title} {offer.description}"
    return [
        batch
        for batch in alert.batches
        if len(key := identifiers.compact(batch)) >= identifiers.SHORT_MODEL and model_pattern(key).search(text)
    ]
