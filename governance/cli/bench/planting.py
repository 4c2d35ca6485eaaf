"""What is hidden in a few of the texts: terms of the lists, some of them disguised, near misses, and what patterns look for."""

import random
import unicodedata

from governance.cli.bench.terms import every_term

TERM, NEAR_MISS, PATTERN = 0.01, 0.01, 0.006
"""Shares of the listings."""
SAMPLES = (
    "555-123-4567", "Sales.Team@example-shop.test", "https://pay.example.test/x1", "WhatsApp 24h", "100% genuine",
    "AAA replica", "точная копия", "تقليد ممتاز", "AB1234567Z", "!!!!", "free express shipping", "bit.ly/Ab12", "50 mg CBD",
    "CAS: 50-78-2", "instagram.test/shop_x", "IBAN: DE89", "cures cancer", "ohne Zertifikat", "pay in USDT",
    "10x20 mm Klinge", "+90 532 123 45 67", "V1agra", "not for sale in EU",
)  # fmt: skip
_FULL_WIDTH = {point: point + 0xFEE0 for point in range(ord("a"), ord("z") + 1)}
_LEET = str.maketrans("oieas", "01345")


def planted(chance: random.Random) -> str:
    """Return what to hide in a listing's text; mostly nothing."""
    drawn = chance.random()
    if drawn < TERM:
        return disguised(chance.choice(every_term()).written, chance)
    if drawn < TERM + NEAR_MISS:
        return chance.choice(every_term()).written[:-1] + "xq"
    if drawn < TERM + NEAR_MISS + PATTERN:
        return chance.choice(SAMPLES)
    return ""


def disguised(term: str, chance: random.Random) -> str:
    """Half of the terms stand as they are; the others with one of the tricks that merchants know."""
    drawn = chance.random()
    if drawn < 0.5:
        return term
    if drawn < 0.65:
        return term.upper()
    if drawn < 0.75:
        return unicodedata.normalize("NFD", term)
    if drawn < 0.83:
        return term.translate(_FULL_WIDTH)
    if drawn < 0.9:
        return f"{term[:2]}\u200b{term[2:]}"
    if drawn < 0.95:
        return f"{term[0]}{term[1:-1].translate(_LEET)}{term[-1]}"
    return "-".join(term) if " " not in term else term
