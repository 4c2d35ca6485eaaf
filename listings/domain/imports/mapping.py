"""Mappings: how the columns of a file become the fields of the neutral format. Kept as TOML; described in docs/import.md."""

import hashlib
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from governance.web.refusals import Refusal
from listings.domain.imports.files import Options
from listings.enums import ImportKind

FOLDER = Path(__file__).resolve().parents[2] / "data" / "mappings"
Cells = Mapping[str, Any]

IDENTITY_FIELDS = (
    "legal_name",
    "address",
    "phone",
    "register",
    "register_number",
    "vat_id",
    "verified_at",
    "self_certified",
)
FIELDS: dict[ImportKind, tuple[str, ...]] = {
    ImportKind.LISTINGS: (
        "merchant_id", "listing_id", "state", "title", "description", "language", "category", "brand", "sku", "ean",
        "condition", "price", "currency", "markets", "images", "attributes", "certificates",
    ),
    ImportKind.MERCHANTS: (
        "merchant_id", "name", "kind", "language", "country", "email", "created_at", *IDENTITY_FIELDS, "bank_accounts",
        "devices",
    ),
    ImportKind.METRICS: (
        "merchant_id", "listing_id", "date", "impressions", "visits", "orders", "units", "revenue", "currency",
        "returns", "refunds", "complaints", "rating_sum", "rating_count",
    ),
    ImportKind.ORDERS: (
        "order_id", "line", "merchant_id", "listing_id", "market", "ordered_at", "quantity", "amount", "currency", "buyer",
    ),
}  # fmt: skip
"""The neutral format of each kind: the names of its fields."""

NEEDED: dict[ImportKind, tuple[str, ...]] = {
    ImportKind.LISTINGS: ("merchant_id", "listing_id"),
    ImportKind.MERCHANTS: ("merchant_id", "name", "country"),
    ImportKind.METRICS: ("merchant_id", "listing_id", "date"),
    ImportKind.ORDERS: ("order_id", "merchant_id", "listing_id", "market", "ordered_at", "amount"),
}
KEYS = frozenset(
    {"title", "kind", "file", "fields", "defaults", "merchant", "category", "categories", "attributes", "values",
     "lists", "decimal", "dates", "leave_out", "id"}
)  # fmt: skip


class MappingRefused(Refusal):
    """The mapping contradicts itself, the file or the register."""


@dataclass(frozen=True)
class AttributeColumn:
    """Where an attribute's value stands, and in which unit where the value names none."""

    column: str
    unit: str = ""


@dataclass(frozen=True)
class Filter:
    column: str
    values: frozenset[str]


@dataclass(frozen=True)
class Merchant:
    """Of rows that name no merchant; and whether an unknown one is created, in which country and language."""

    id: str = ""
    name: str = ""
    country: str = ""
    language: str = "en"
    kind: str = "business"
    create: bool = False
    prefix: str = ""


@dataclass(frozen=True)
class RowMapping:
    """A mapping ready for use: `neutral(cells)` gives a row's fields under their neutral names."""

    name: str
    kind: ImportKind
    document: dict[str, Any]
    columns: dict[str, tuple[str, ...]]
    joined_by: dict[str, str]
    defaults: dict[str, Any]
    attributes: dict[str, AttributeColumn]
    merchant: Merchant
    category_separator: str = ">"
    categories: dict[str, str] = field(default_factory=dict)
    values: dict[str, dict[str, Any]] = field(default_factory=dict)
    lists: dict[str, str] = field(default_factory=dict)
    decimal: str = ""
    dates: tuple[str, ...] = ()
    leave_out: tuple[Filter, ...] = ()
    id_columns: tuple[str, ...] = ()
    options: Options = field(default_factory=Options)

    def column_of(self, neutral: str) -> str:
        """The column in which a field stands, for reports."""
        return " + ".join(self.columns.get(neutral, (neutral,)))

    def leaves_out(self, cells: Cells) -> str:
        """The column whose value leaves this row out, or nothing."""
        for each in self.leave_out:
            if str(cells.get(each.column, "")).strip() in each.values:
                return each.column
        return ""

    @cached_property
    def _plain(self) -> dict[str, str]:
        """Fields that are one column as it stands: nearly all of them, of every row of a file."""
        return {name: names[0] for name, names in self.columns.items() if len(names) == 1 and name not in self.values}

    @cached_property
    def _made(self) -> dict[str, tuple[str, ...]]:
        return {name: names for name, names in self.columns.items() if name not in self._plain}

    def neutral(self, cells: Cells) -> dict[str, Any]:
        get = cells.get
        row = {name: get(column) for name, column in self._plain.items()}
        row |= {name: self._value(name, names, cells) for name, names in self._made.items()}
        for name, default in self.defaults.items():
            if row.get(name) in (None, "", []):
                row[name] = default
        if self.id_columns and not row.get("listing_id"):
            row["listing_id"] = self._composed(cells)
        return row

    def _value(self, name: str, columns: tuple[str, ...], cells: Cells) -> Any:
        if len(columns) == 1:
            value = cells.get(columns[0])
        else:
            parts = [str(part).strip() for column in columns if (part := cells.get(column)) not in (None, "")]
            value = self.joined_by.get(name, " ").join(parts)
        translated = self.values.get(name)
        return translated.get(str(value).strip(), value) if translated else value

    def _composed(self, cells: Cells) -> str:
        """An identifier for rows without one: a hash of what tells them apart."""
        parts = [str(cells.get(column) or "").strip() for column in self.id_columns]
        if not any(parts):
            return ""
        return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:24]


def read(document: Mapping[str, Any], *, name: str = "", columns: Sequence[str] = ()) -> RowMapping:
    """Check a mapping and make it usable. Without `fields`, columns that are named like fields are those fields.

    Raises MappingRefused, with errors by key.
    """
    errors = {key: _("There is no such key.") for key in document if key not in KEYS}
    kind = ImportKind(document.get("kind", ImportKind.LISTINGS))
    if kind not in FIELDS:
        raise MappingRefused(_("Files of this kind are imported in another way."))
    fields = dict(document.get("fields") or _by_name(kind, columns))
    errors |= {
        f"fields.{each}": _("There is no such field.") for each in fields if each not in (*FIELDS[kind], "category")
    }
    if errors:
        raise MappingRefused(_("The mapping has mistakes; nothing was imported."), errors=errors)
    attributes = {key: _attribute(spec) for key, spec in dict(document.get("attributes", {})).items()}
    if kind == ImportKind.LISTINGS:
        attributes = _prefixed(columns) | attributes
    category = document.get("category", {})
    if category.get("columns"):
        fields["category"] = {"columns": category["columns"], "joined_by": f" {category.get('separator', '>')} "}
    file = document.get("file", {})
    return RowMapping(
        name=name,
        kind=kind,
        document=dict(document),
        columns={each: _columns(spec) for each, spec in fields.items() if spec},
        joined_by={each: spec.get("joined_by", " ") for each, spec in fields.items() if isinstance(spec, dict)},
        defaults=dict(document.get("defaults", {})),
        attributes=attributes,
        merchant=Merchant(**document.get("merchant", {})),
        category_separator=category.get("separator", ">"),
        categories=dict(document.get("categories", {})),
        values=dict(document.get("values", {})),
        lists=dict(document.get("lists", {})),
        decimal=document.get("decimal", ""),
        dates=tuple(document.get("dates", ())),
        leave_out=tuple(
            Filter(each["column"], frozenset(map(str, each["values"]))) for each in document.get("leave_out", ())
        ),
        id_columns=tuple(document.get("id", ())),
        options=Options(file.get("delimiter", ""), file.get("encoding", "cp1252")),
    )


def missing(mapping: RowMapping, columns: Sequence[str]) -> list[str]:
    """Columns that the mapping names and the file does not have; objects of NDJSON have none to compare with."""
    if not columns:
        return []
    named = {name for names in mapping.columns.values() for name in names if len(names) == 1}
    named |= {spec.column for spec in mapping.attributes.values()} | {each.column for each in mapping.leave_out}
    named = {name for name in named if mapping.document.get("fields") or name in columns}
    return sorted(named - set(columns))


def unmet(mapping: RowMapping) -> list[str]:
    """Fields that a row needs and the mapping gives from nowhere."""
    given = set(mapping.columns) | set(mapping.defaults)
    if mapping.merchant.id:
        given.add("merchant_id")
    if mapping.id_columns:
        given.add("listing_id")
    return [name for name in NEEDED[mapping.kind] if name not in given]


def for_columns(document: Mapping[str, Any], columns: Sequence[str], *, name: str = "") -> RowMapping:
    """The mapping for a file with these columns (none: objects whose keys are the neutral names)."""
    kind = ImportKind(document.get("kind", ImportKind.LISTINGS))
    return read(document, name=name, columns=columns or FIELDS.get(kind, ()))


@cache
def named() -> dict[str, dict[str, Any]]:
    """The mappings that come with the product, by name."""
    return {path.stem: tomllib.loads(path.read_text()) for path in sorted(FOLDER.glob("*.toml"))}


def load(name_or_path: str) -> tuple[str, dict[str, Any]]:
    """A named mapping, or one from a TOML file: its name and document. Raises MappingRefused."""
    if name_or_path in named():
        return name_or_path, named()[name_or_path]
    path = Path(name_or_path)
    if path.suffix != ".toml" or not path.is_file():
        known = ", ".join(named())
        raise MappingRefused(
            _("There is no mapping “%(name)s” and no such TOML file. Known are: %(known)s.")
            % {"name": name_or_path, "known": known}
        )
    try:
        return path.stem, tomllib.loads(path.read_text())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise MappingRefused(_("The mapping is not TOML: %(error)s") % {"error": error}) from error


def _columns(spec: Any) -> tuple[str, ...]:
    if isinstance(spec, str):
        return (spec,)
    return tuple(spec["columns"] if isinstance(spec, dict) else spec)


def _attribute(spec: Any) -> AttributeColumn:
    return AttributeColumn(spec) if isinstance(spec, str) else AttributeColumn(spec["column"], spec.get("unit", ""))


def _by_name(kind: ImportKind, columns: Sequence[str]) -> dict[str, str]:
    folded: dict[str, str] = {}
    for column in columns:
        folded.setdefault(column.strip().casefold().replace(" ", "_"), column)
    return {name: folded[name] for name in FIELDS[kind] if name in folded}


def _prefixed(columns: Sequence[str]) -> dict[str, AttributeColumn]:
    """A column `attributes.voltage` of a table is that attribute."""
    return {column.partition(".")[2]: AttributeColumn(column) for column in columns if column.startswith("attributes.")}


def with_merchant(
    document: Mapping[str, Any], *, columns: Sequence[str], column: str = "", name: str = "", country: str = ""
) -> dict[str, Any]:
    """The mapping with the merchants' column, or (without one) with a single merchant named after the source.

    A mapping that already says where merchants come from keeps saying so unless a column is given.
    """
    kind = ImportKind(document.get("kind", ImportKind.LISTINGS))
    fields = dict(document.get("fields") or _by_name(kind, columns or FIELDS[kind]))
    told = dict(document.get("merchant", {}))
    if column:
        fields["merchant_id"] = column
        told = {"create": True, "country": country} | told
    elif columns and "merchant_id" not in fields and not told.get("id"):
        slug = re.sub(r"[^a-z0-9]+", "-", name.casefold()).strip("-") or "import"
        told = {"id": slug, "name": name, "create": True, "country": country} | told
    if told.get("create") and not told.get("country"):
        raise MappingRefused(
            _("In which country are the merchants that this import creates? Say it with the mapping or as an option.")
        )
    return {**document, "fields": fields} | ({"merchant": told} if told else {})
