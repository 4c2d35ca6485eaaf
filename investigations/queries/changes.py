"""What a merchant changed between two versions of a listing, field by field."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from governance.web import differences, formats
from investigations.queries import exhibits
from listings.models import AttributeDefinition, Category, Listing, ListingVersion

SHOWN_VERSIONS = 6


@dataclass(frozen=True)
class FieldChange:
    """One field of both versions in parts: same, taken away, added. `language` is that of running text."""

    label: str
    before: list[differences.Part]
    after: list[differences.Part]
    language: str = ""

    @property
    def changed(self) -> bool:
        return any(kind != "same" for kind, _text in (*self.before, *self.after))


@dataclass(frozen=True)
class Comparison:
    """Two versions side by side. `versions` are the numbers there are to choose from, the newest first."""

    before: ListingVersion | None
    after: ListingVersion
    fields: list[FieldChange]
    versions: list[int]

    @property
    def changed(self) -> list[FieldChange]:
        return [field for field in self.fields if field.changed]


def compare(listing: Listing, *, number: int | None = None, language: str) -> Comparison | None:
    """Version `number` (else the present one) against the one before it; None where no version was kept."""
    known = list(
        ListingVersion.objects.filter(listing=listing).order_by("-number").values_list("number", flat=True)[:50]
    )
    wanted = number if number in known else known[0] if known else None
    if wanted is None:
        return None
    earlier = next((each for each in known if each < wanted), None)
    rows = {
        version.number: version
        for version in ListingVersion.objects.filter(listing=listing, number__in=[wanted, earlier or wanted])
    }
    before = rows.get(earlier) if earlier else None
    after = rows[wanted]
    fields = _fields(before.content if before else {}, after.content, language=language)
    return Comparison(before, after, fields, known[:SHOWN_VERSIONS])


def _fields(old: Mapping[str, Any], new: Mapping[str, Any], *, language: str) -> list[FieldChange]:
    spoken = str(new.get("language") or old.get("language") or "")
    names = _category_names({str(old.get("category") or ""), str(new.get("category") or "")}, language)
    keys = {*(old.get("attributes") or {}), *(new.get("attributes") or {})}
    labels = _attribute_labels(keys, language)
    rows = [
        _words(_("Title"), old.get("title"), new.get("title"), spoken),
        _words(_("Description"), old.get("description"), new.get("description"), spoken),
        _values(_("Category"), names.get(str(old.get("category")), ""), names.get(str(new.get("category")), "")),
        _values(_("Price"), _price(old), _price(new)),
        _words(_("Markets"), _countries(old), _countries(new), ""),
        _values(_("Brand"), old.get("brand"), new.get("brand")),
        _values(_("EAN"), old.get("ean"), new.get("ean")),
    ]
    rows += [
        _values(labels[key], _attribute(old, key), _attribute(new, key)) for key in sorted(keys, key=labels.__getitem__)
    ]
    rows.append(_words(_("Photos"), _photos(old), _photos(new), ""))
    rows.append(_words(_("Certificates"), _certificates(old), _certificates(new), ""))
    return [row for row in rows if row.before or row.after]


def _words(label: str, old: Any, new: Any, language: str) -> FieldChange:
    before, after = differences.words(str(old or ""), str(new or ""))
    return FieldChange(label, _present(before), _present(after), language)


def _values(label: str, old: Any, new: Any) -> FieldChange:
    """A value changes as a whole."""
    old, new = str(old or ""), str(new or "")
    if old == new:
        return FieldChange(label, _present([("same", old)]), _present([("same", new)]))
    return FieldChange(label, _present([("del", old)]), _present([("ins", new)]))


def _present(parts: list[differences.Part]) -> list[differences.Part]:
    return [(kind, text) for kind, text in parts if text]


def _price(content: Mapping[str, Any]) -> str:
    currency = str(content.get("currency") or "")
    amount = exhibits.amount(content.get("price_minor"), currency)
    return formats.money(amount, currency) if amount is not None else ""


def _countries(content: Mapping[str, Any]) -> str:
    return formats.series(formats.country(code) for code in content.get("markets") or ())


def _attribute(content: Mapping[str, Any], key: str) -> str:
    value = (content.get("attributes") or {}).get(key)
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, int | float):
        return formats.number(value)
    return "" if value is None else exhibits.written(value)


def _photos(content: Mapping[str, Any]) -> str:
    images = content.get("images") or ()
    return formats.series(str(url).rsplit("/", 1)[-1] for url in images)


def _certificates(content: Mapping[str, Any]) -> str:
    rows = content.get("certificates") or ()
    return formats.series(
        " ".join(str(row.get(name) or "") for name in ("type", "number", "valid_until")).strip() for row in rows
    )


def _category_names(codes: set[str], language: str) -> dict[str, str]:
    """A category with its ancestors: what changes is often only the last step."""
    paths = {
        code: ["/".join(code.split("/")[: depth + 1]) for depth in range(code.count("/") + 1)] for code in codes if code
    }
    wanted = {step for steps in paths.values() for step in steps}
    names = {
        code: names.get(language) or names.get("en") or code
        for code, names in Category.objects.filter(code__in=wanted).values_list("code", "names")
    }
    return {code: " › ".join(names.get(step, step) for step in steps) for code, steps in paths.items()}


def _attribute_labels(keys: set[str], language: str) -> dict[str, str]:
    found = {}
    for key, labels, unit in AttributeDefinition.objects.filter(key__in=keys).values_list("key", "labels", "unit"):
        label = labels.get(language) or labels.get("en") or key
        found[key] = f"{label}, {unit}" if unit else label
    return {key: found.get(key, key) for key in keys}
