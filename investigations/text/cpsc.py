"""What the CPSC's alerts have in their words alone: barcodes, models, brands."""

import re

from investigations.text import identifiers

LISTED = re.compile(r"(?:UPC|EAN|barcode)[^.;:]{0,40}?[:\s“\"(]+([\d\s\-]{8,20})", re.IGNORECASE)
LONG_NUMBER = re.compile(r"(?<!\d)\d{12,14}(?!\d)")
MODEL_LIST = re.compile(
    r"\b(?:models?|item|style)\s*(?:numbers?|nos?\.?|#)?\s*(?:is|are|includes?|include|:|of the affected units are:)?\s*((?:[“\"(]?[A-Z0-9][\w\-/.]*[\w][”\")]?(?:\s*\([^)]{1,40}\))?(?:,\s*(?:and\s+|or\s+)?|\s+and\s+|\s+or\s+)?){1,60})",
    re.IGNORECASE,
)
MODEL = re.compile(r"(?=[\w\-/.]*\d)[A-Za-z0-9][\w\-/.]*\w")
YEAR = re.compile(r"^(?:19|20)\d\d$")


def barcodes(text: str) -> list[str]:
    named = [re.sub(r"\D", "", found) for found in LISTED.findall(text)]
    return list(dict.fromkeys(each for each in [*named, *LONG_NUMBER.findall(text)] if identifiers.gtin(each)))


def models(text: str) -> list[str]:
    """What follows the words `model number`, as far as it looks like one."""
    found: dict[str, None] = {}
    for listed in MODEL_LIST.findall(text):
        for each in MODEL.findall(listed):
            if len(each) >= identifiers.SHORT_MODEL and not YEAR.match(each) and not identifiers.gtin(each):
                found[each] = None
    return list(found)


BRANDED = re.compile(r"[“\"]([^”\"]{2,40})[”\"]\s+(?:brand name|brand|logo)\b")
FIRM = re.compile(r"^(.{2,80}?)\s+(Recalls?|Recalled|Expands|Reannounces)\b")


def brands(heading: str, product: str, text: str) -> list[str]:
    """What is called a brand or logo, and what the name of firm and product both begin with: a firm alone is no brand."""
    found = [each.strip(" ,.") for each in BRANDED.findall(text)]
    if firm := FIRM.match(heading):
        shared = []
        for one, other in zip(firm[1].split(), product.split(), strict=False):
            if identifiers.compact(one) != identifiers.compact(other):
                break
            shared.append(other)
        shared = shared[:1] if firm[2] == "Recalled" else shared  # then the heading begins with the product
        found.insert(0, " ".join(shared).strip(" ,"))
    return list(dict.fromkeys(each for each in found if each and not identifiers.models([each])))
