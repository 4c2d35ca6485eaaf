"""Canned reasons: written in versions, retired, and counted where they were used. No version is edited."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from governance.accounts.models import User
from governance.audit.domain import entries
from governance.policies.models import Policy
from governance.web import formats
from governance.web.refusals import MoveRefused, Refusal
from investigations.enums import ReasonFor
from investigations.models import CannedReason, CannedText, CannedUse
from investigations.queries import canned as queries
from investigations.text import fields


class UnknownField(Refusal):
    """A field in braces that nothing fills."""


@transaction.atomic
def create(
    *, name: str, policy: Policy | None, purpose: ReasonFor, texts: Mapping[str, str], actor: User, at: datetime
) -> CannedReason:
    """Texts by language; empty ones are left out, and English must be there."""
    written = _checked(texts)
    if not name.strip():
        raise Refusal(_("Give it a name."))
    if "en" not in written:
        raise Refusal(_("Write it in English first: it is used where a language is missing."))
    try:
        with transaction.atomic():
            reason = CannedReason.objects.create(name=name.strip(), policy=policy, purpose=purpose, created_at=at)
    except IntegrityError as error:
        raise Refusal(_("There is one of this name already.")) from error
    _write(reason, written, actor, at)
    return reason


@transaction.atomic
def write(*, reason: CannedReason, texts: Mapping[str, str], actor: User, at: datetime) -> int:
    """A new version of each text that differs from the newest; returns how many do."""
    reason = _lock(reason)
    now = queries.newest([reason.pk])
    changed = {
        language: text
        for language, text in _checked(texts).items()
        if (reason.pk, language) not in now or now[reason.pk, language].text != text
    }
    _write(reason, changed, actor, at)
    return len(changed)


@transaction.atomic
def retire(*, reason: CannedReason, actor: User, at: datetime) -> CannedReason:
    """It is offered no more; what was decided with it stays."""
    reason = _lock(reason)
    reason.retired_at = at
    reason.save(update_fields=["retired_at"])
    _record("canned_reason.retired", reason, actor, at)
    return reason


def count(*, texts: Iterable[int], used_for: str, actor: User, at: datetime) -> int:
    """Note, by key, what of these something was decided or answered with; what is not known is passed over."""
    known = CannedText.objects.filter(pk__in=set(texts)).order_by("pk")
    used = [CannedUse(text=text, used_for=used_for, person=actor, used_at=at) for text in known]
    return len(CannedUse.objects.bulk_create(used))


def _checked(texts: Mapping[str, str]) -> dict[str, str]:
    written = {language: text.strip() for language, text in texts.items() if text.strip()}
    for text in written.values():
        if unknown := fields.unknown(text):
            known = formats.series(f"{{{name}}}" for name in fields.FIELDS)
            raise UnknownField(
                _("Nothing fills %(unknown)s. The fields are: %(known)s.")
                % {"unknown": formats.series(f"{{{name}}}" for name in unknown), "known": known}
            )
    return written


def _lock(reason: CannedReason) -> CannedReason:
    reason = CannedReason.objects.select_for_update(of=("self",)).get(pk=reason.pk)
    if reason.retired_at is not None:
        raise MoveRefused(_("“%(name)s” is retired.") % {"name": reason.name})
    return reason


def _write(reason: CannedReason, texts: Mapping[str, str], actor: User, at: datetime) -> None:
    if not texts:
        return
    rows = CannedText.objects.filter(reason=reason).order_by().values_list("language")
    last = dict(rows.annotate(last=Max("version")))
    CannedText.objects.bulk_create(
        [
            CannedText(
                reason=reason, language=language, version=last.get(language, 0) + 1, text=text, written_by=actor,
                written_at=at,
            )
            for language, text in sorted(texts.items())
        ]
    )  # fmt: skip
    _record("canned_reason.written", reason, actor, at, languages=sorted(texts))


def _record(verb: str, reason: CannedReason, actor: User, at: datetime, **data: object) -> None:
    entries.record(
        verb=verb, actor=actor, subject_kind="canned_reason", subject_id=reason.pk, subject_ref=reason.name[:60],
        data=data, at=at,
    )  # fmt: skip
