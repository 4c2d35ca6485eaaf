"""Writing merchants and their trader identity."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection, transaction

from governance.accounts.models import User
from governance.audit.domain import entries
from governance.web.references import public_id
from listings.domain import link_marks
from listings.domain.copying import copy_into_temporary
from listings.enums import MerchantKind, MerchantState
from listings.models import Merchant

MERCHANT = (
    ("external_id", "text"), ("name", "text"), ("kind", "text"), ("state", "text"), ("country", "text"),
    ("language", "text"), ("email", "text"), ("joined_on", "date"),
)  # fmt: skip
IDENTITY = (
    ("legal_name", "text"), ("address", "text"), ("phone", "text"), ("identity_email", "text"), ("register", "text"),
    ("register_number", "text"), ("vat_id", "text"), ("self_certified", "boolean"), ("verified_on", "date"),
)  # fmt: skip
FIELDS = [name for name, _type in MERCHANT if name != "external_id"]
IDENTITY_FIELDS = [name.removeprefix("identity_") for name, _type in IDENTITY]
INCOMING_IDENTITY = [f"i.{name}" for name, _type in IDENTITY]

LOCK = "SELECT pg_advisory_xact_lock(7236004)"  # one merge at a time
UPDATE = f"""
    UPDATE listings_merchant m
    SET {", ".join(f"{name} = i.{name}" for name in FIELDS)}, changed_at = %(at)s
    FROM incoming_merchant i
    WHERE m.external_id = i.external_id
      AND ({", ".join(f"m.{name}" for name in FIELDS)}) IS DISTINCT FROM ({", ".join(f"i.{name}" for name in FIELDS)})
    RETURNING m.external_id
"""  # noqa: S608 -- names from the tuples above
INSERT = f"""
    INSERT INTO listings_merchant (public_id, external_id, {", ".join(FIELDS)}, created_at, changed_at)
    SELECT i.public_id, i.external_id, {", ".join(f"i.{name}" for name in FIELDS)}, %(at)s, %(at)s
    FROM incoming_merchant i
    ON CONFLICT (external_id) DO NOTHING
    RETURNING external_id
"""  # noqa: S608 -- names from the tuples above
WRITE_IDENTITIES = f"""
    INSERT INTO listings_traderidentity AS t (merchant_id, {", ".join(IDENTITY_FIELDS)})
    SELECT m.id, {", ".join(INCOMING_IDENTITY)}
    FROM incoming_merchant i JOIN listings_merchant m ON m.external_id = i.external_id
    WHERE i.has_identity
    ON CONFLICT (merchant_id) DO UPDATE
    SET {", ".join(f"{name} = excluded.{name}" for name in IDENTITY_FIELDS)}
    WHERE ({", ".join(f"t.{name}" for name in IDENTITY_FIELDS)})
        IS DISTINCT FROM ({", ".join(f"excluded.{name}" for name in IDENTITY_FIELDS)})
    RETURNING (SELECT external_id FROM listings_merchant m WHERE m.id = t.merchant_id)
"""  # noqa: S608 -- names from the tuples above
TOUCH = "UPDATE listings_merchant SET changed_at = %(at)s WHERE external_id = ANY(%(touched)s)"


@dataclass(frozen=True, kw_only=True)
class IdentityDraft:
    legal_name: str = ""
    address: str = ""
    phone: str = ""
    email: str = ""
    register: str = ""
    register_number: str = ""
    vat_id: str = ""
    self_certified: bool = False
    verified_on: date | None = None


@dataclass(frozen=True, kw_only=True)
class MerchantDraft:
    """`identity=None` leaves the stored trader identity as it is, as None does of accounts and devices, of which only hashes are kept."""

    external_id: str
    name: str
    country: str
    kind: MerchantKind = MerchantKind.BUSINESS
    state: MerchantState = MerchantState.ACTIVE
    language: str = "en"
    email: str = ""
    joined_on: date | None = None
    identity: IdentityDraft | None = None
    bank_accounts: tuple[str, ...] | None = None
    devices: tuple[str, ...] | None = None


@dataclass(frozen=True)
class WrittenMerchants:
    """External ids that are new, and those that differ from what was stored."""

    created: frozenset[str]
    changed: frozenset[str]


class DuplicateMerchants(ValueError):
    """Two drafts of one batch have the same identifier."""


@transaction.atomic
def write(*, drafts: Sequence[MerchantDraft], at: datetime) -> WrittenMerchants:
    """Create or replace merchants; what is equal is not touched."""
    if len({draft.external_id for draft in drafts}) != len(drafts):
        raise DuplicateMerchants("Two drafts of a batch have the same identifier.")
    columns = (("public_id", "text"), *MERCHANT, ("has_identity", "boolean"), *IDENTITY)
    with connection.cursor() as cursor:
        cursor.execute(LOCK)
        copy_into_temporary(cursor, table="incoming_merchant", columns=columns, rows=map(_row, drafts))
        arguments = {"at": at}
        changed = _ids(cursor, UPDATE, arguments)
        created = _ids(cursor, INSERT, arguments)
        identified = (_ids(cursor, WRITE_IDENTITIES, arguments) | _give(drafts, at)) - created - changed
        if identified:
            cursor.execute(TOUCH, arguments | {"touched": sorted(identified)})
    link_marks.owe_reading(external_ids=created | changed | identified, due=at)
    return WrittenMerchants(created, changed | identified)


@transaction.atomic
def create_missing(*, drafts: Iterable[MerchantDraft], at: datetime) -> dict[str, int]:
    """Create those that are not there, leave the others as they are, and return the key of each by external id."""
    wanted = {draft.external_id: draft for draft in drafts}
    known = ids_of(wanted)
    missing = [draft for external_id, draft in wanted.items() if external_id not in known]
    if not missing:
        return known
    columns = (("public_id", "text"), *MERCHANT, ("has_identity", "boolean"), *IDENTITY)
    with connection.cursor() as cursor:
        copy_into_temporary(cursor, table="incoming_merchant", columns=columns, rows=map(_row, missing))
        cursor.execute(INSERT, {"at": at})
    link_marks.owe_reading(external_ids=[draft.external_id for draft in missing], due=at)
    return ids_of(wanted)


@transaction.atomic
def put(*, draft: MerchantDraft, actor: User | None, at: datetime) -> tuple[Merchant, WrittenMerchants]:
    """Create or replace one merchant and say so in the log; an equal one leaves no trace."""
    written = write(drafts=[draft], at=at)
    merchant = Merchant.objects.get(external_id=draft.external_id)
    if written.created or written.changed:
        verb = "merchant.create" if written.created else "merchant.change"
        entries.record(
            verb=verb,
            actor=actor,
            subject_kind="merchant",
            subject_id=merchant.pk,
            subject_ref=merchant.public_id,
            at=at,
        )
    return merchant, written


def ids_of(external_ids: Iterable[str]) -> dict[str, int]:
    rows = Merchant.objects.filter(external_id__in=list(external_ids)).values_list("external_id", "id")
    return dict(rows)


def _give(drafts: Sequence[MerchantDraft], at: datetime) -> frozenset[str]:
    """Accounts and devices, where the drafts say any. Returns whose differed."""
    telling = [draft for draft in drafts if draft.bank_accounts is not None or draft.devices is not None]
    if not telling:
        return frozenset()
    keys = ids_of(draft.external_id for draft in telling)
    told = [(keys[draft.external_id], draft) for draft in telling]
    differing = link_marks.give(
        accounts={key: draft.bank_accounts for key, draft in told if draft.bank_accounts is not None},
        devices={key: draft.devices for key, draft in told if draft.devices is not None},
        at=at,
    )
    return frozenset(draft.external_id for key, draft in told if key in differing)


def _row(draft: MerchantDraft) -> tuple[Any, ...]:
    identity = draft.identity or IdentityDraft()
    return (
        public_id(), draft.external_id, draft.name, draft.kind.value, draft.state.value, draft.country, draft.language,
        draft.email, draft.joined_on, draft.identity is not None, identity.legal_name, identity.address, identity.phone,
        identity.email, identity.register, identity.register_number, identity.vat_id, identity.self_certified,
        identity.verified_on,
    )  # fmt: skip


def _ids(cursor: Any, statement: str, arguments: dict[str, Any]) -> frozenset[str]:
    cursor.execute(statement, arguments)
    return frozenset(row[0] for row in cursor.fetchall())
