"""A row of a merchants file becomes a merchant's draft."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from listings.domain.imports import fields, values
from listings.domain.imports.currencies import Unreadable
from listings.domain.imports.fields import Fields, Note, Unfit
from listings.domain.imports.mapping import IDENTITY_FIELDS, Cells, RowMapping
from listings.domain.merchants import IdentityDraft, MerchantDraft
from listings.enums import MerchantKind, RowReason

KINDS = {
    "business": MerchantKind.BUSINESS, "trader": MerchantKind.BUSINESS, "company": MerchantKind.BUSINESS,
    "private": MerchantKind.PRIVATE, "consumer": MerchantKind.PRIVATE, "individual": MerchantKind.PRIVATE,
}  # fmt: skip


@dataclass(frozen=True)
class MerchantRow:
    draft: MerchantDraft
    notes: list[Note]

    @property
    def key(self) -> str:
        return self.draft.external_id


class MerchantReader:
    def __init__(self, mapping: RowMapping) -> None:
        self.mapping = mapping

    def read(self, cells: Cells) -> MerchantRow:
        """Raises Unfit."""
        if column := self.mapping.leaves_out(cells):
            raise Unfit(RowReason.LEFT_OUT, column, cells.get(column))
        row = Fields(self.mapping.neutral(cells), self.mapping.column_of)
        external_id = self.mapping.merchant.prefix + row.text("merchant_id", longest=110, needed=True)
        country = row.read("country", fields.country, "")
        if not country:
            raise Unfit(RowReason.VALUE_MISSING, self.mapping.column_of("country"))
        email = row.soft("email", fields.email, "")
        draft = MerchantDraft(
            external_id=external_id,
            name=row.text("name", longest=200) or external_id,
            country=country,
            kind=row.read("kind", _kind, MerchantKind.BUSINESS),
            language=row.soft("language", fields.language, "en"),
            email=email,
            joined_on=row.soft("created_at", self._day),
            identity=self._identity(row, email),
            bank_accounts=_marks(row, "bank_accounts"),
            devices=_marks(row, "devices"),
        )
        return MerchantRow(draft, row.notes)

    def _identity(self, row: Fields, email: str) -> IdentityDraft | None:
        """None where the file knows nothing of identities; what is stored then stays."""
        if not any(name in row.row and row.row[name] is not None for name in IDENTITY_FIELDS):
            return None
        return IdentityDraft(
            legal_name=row.text("legal_name", longest=200),
            address=row.text("address", longest=1_000),
            phone=row.text("phone", longest=40),
            email=email,
            register=row.text("register", longest=120),
            register_number=row.text("register_number", longest=80),
            vat_id=row.text("vat_id", longest=40),
            self_certified=row.soft("self_certified", values.yes, otherwise=False),
            verified_on=row.soft("verified_at", self._day),
        )

    def _day(self, value: Any) -> date:
        return values.day(value, formats=self.mapping.dates)


def _marks(row: Fields, name: str) -> tuple[str, ...] | None:
    """None where the file says nothing of them; what is stored then stays. An IBAN may be written in groups of four."""
    if row.row.get(name) is None:
        return None
    return tuple(
        row.soft(name, lambda value: fields.items(value, "|" if isinstance(value, str) and "|" in value else ";"), ())
    )


def _kind(value: Any) -> MerchantKind:
    kind = KINDS.get(fields.as_text(value).casefold())
    if kind is None:
        raise Unreadable(RowReason.NOT_ALLOWED)
    return kind
