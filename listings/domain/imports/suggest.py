"""Which field a column probably is: by its name in several languages, else by likeness. Offered, never taken unasked."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz

from listings.domain.imports.attributes import Register
from listings.domain.imports.currencies import Unreadable
from listings.domain.imports.mapping import FIELDS
from listings.enums import ImportKind

SYNONYMS: dict[str, tuple[str, ...]] = {
    "merchant_id": ("seller", "seller id", "vendor", "shop", "merchant", "händler", "vendeur", "vendedor", "sprzedawca", "البائع"),
    "listing_id": ("id", "product id", "article id", "item id", "offer id", "doc id", "code", "artikelnummer", "numero", "référence"),
    "title": ("name", "product name", "titel", "titre", "título", "titolo", "nazwa", "nimi", "bezeichnung", "العنوان", "الاسم"),
    "description": ("beschreibung", "desc", "detail", "details", "body", "features", "descripción", "descrizione", "opis", "الوصف"),
    "language": ("lang", "locale", "lang tag", "sprache", "langue", "idioma"),
    "category": ("product type", "category path", "categories", "kategorie", "catégorie", "categoría", "categoria", "typ", "الفئة"),
    "brand": ("marke", "marque", "marca", "marka", "brands", "manufacturer", "hersteller", "valmistaja", "العلامة"),
    "sku": ("seller sku", "artikelcode", "handle"),
    "ean": ("gtin", "barcode", "upc", "ean13", "gtin13", "isbn"),
    "condition": ("cond", "zustand", "état", "estado", "stan"),
    "price": ("preis", "prix", "precio", "prezzo", "cena", "hinta", "price usd", "amount", "السعر"),
    "currency": ("währung", "devise", "moneda", "valuta", "waluta", "العملة"),
    "markets": ("market", "country", "countries", "länder", "pays", "países", "markt"),
    "images": ("image", "image url", "picture", "photo", "bild", "imagen", "immagine"),
    "name": ("merchant name", "shop name", "seller name", "firma", "company"),
    "country": ("land", "pays", "país", "country code"),
    "email": ("e-mail", "mail"),
    "vat_id": ("vat", "vat number", "ust-id", "tva", "nip"),
    "date": ("day", "datum", "jour", "fecha"),
    "ordered_at": ("order date", "created at", "purchase date", "bestelldatum"),
    "quantity": ("qty", "menge", "quantité", "cantidad"),
    "buyer": ("customer", "customer id", "kunde", "client"),
}  # fmt: skip
LEAST_LIKENESS = 86
WORDS = re.compile(r"[\W_]+")


@dataclass(frozen=True)
class Suggestion:
    """`target` is `field:title`, `attribute:voltage` or nothing; `score` of 100."""

    column: str
    target: str = ""
    score: int = 0


def for_table(kind: ImportKind, columns: Sequence[str]) -> list[Suggestion]:
    """One suggestion a column; a field is suggested once, for the column most like it."""
    scored = [
        (likeness, name, column)
        for column in columns
        for name in FIELDS[kind]
        if (likeness := _likeness(column, name)) >= LEAST_LIKENESS
    ]
    taken: dict[str, tuple[str, int]] = {}
    for likeness, name, column in sorted(scored, key=lambda each: (-each[0], columns.index(each[2]))):
        if column not in taken and name not in {field for field, _score in taken.values()}:
            taken[column] = name, likeness
    register = Register() if kind == ImportKind.LISTINGS else None
    return [_suggestion(column, taken.get(column), register) for column in columns]


def _suggestion(column: str, field: tuple[str, int] | None, register: Register | None) -> Suggestion:
    if field:
        return Suggestion(column, f"field:{field[0]}", field[1])
    if register:
        try:
            return Suggestion(column, f"attribute:{register.key_of(column.removeprefix('attributes.'))}", 100)
        except Unreadable:
            pass
    return Suggestion(column)


def _likeness(column: str, name: str) -> int:
    folded = _folded(column)
    names = [_folded(name), *map(_folded, SYNONYMS.get(name, ()))]
    if folded in names:
        return 100 if folded == names[0] else 95
    return round(max(fuzz.ratio(folded, each) for each in names)) if len(folded) > 4 else 0


def _folded(text: str) -> str:
    return WORDS.sub(" ", text.casefold()).strip()
