"""Keys for other programs. The secret is shown once, when the key is made; only its hash stays."""

import hashlib
import hmac
import re
import secrets
from collections.abc import Iterable
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from governance.accounts.enums import Kind, Scope
from governance.accounts.models import ApiKey, User
from governance.audit.domain.entries import record
from governance.web.refusals import MoveRefused, Refusal

MARK = "gk"  # lets secret scanners know the key when it lands where it should not
SECRET_BYTES = 32
SHAPE = re.compile(rf"{MARK}_([0-9a-f]{{8}})_([A-Za-z0-9_-]{{43}})")


def create(
    *, name: str, scopes: Iterable[Scope | str], actor: User | None, at: datetime, expires_at: datetime | None = None
) -> tuple[ApiKey, str]:
    """Make a key and the service user that acts through it; returns the key's row and the key itself, for the only time."""
    name, wanted = name.strip(), sorted({Scope(scope).value for scope in scopes})
    if not name:
        raise Refusal(_("Give the key a name by which you will know it."), errors={"name": _("Missing.")})
    if not wanted:
        raise Refusal(_("Give the key at least one scope."), errors={"scopes": _("Missing.")})
    if expires_at is not None and expires_at <= at:
        raise Refusal(_("The expiry lies in the past."), errors={"expires_at": _("In the past.")})
    prefix, secret = secrets.token_hex(4), secrets.token_urlsafe(SECRET_BYTES)
    try:
        with transaction.atomic():
            key = ApiKey.objects.create(
                name=name,
                prefix=prefix,
                digest=_digest(secret),
                scopes=wanted,
                user=_service(name, prefix, at),
                created_by=actor,
                created_at=at,
                expires_at=expires_at,
            )
            _note("api_key.created", key, actor, at, scopes=wanted, expires_at=expires_at)
    except IntegrityError:
        raise Refusal(_("There is a key with this name already."), errors={"name": _("Taken.")}) from None
    return key, f"{MARK}_{prefix}_{secret}"


@transaction.atomic
def revoke(*, key: ApiKey, actor: User | None, at: datetime) -> ApiKey:
    """End a key for good. Requests with it are refused from now on."""
    locked = ApiKey.objects.select_for_update().get(pk=key.pk)
    if locked.revoked_at is not None:
        raise MoveRefused(_("This key is revoked already."))
    locked.revoked_at = at
    locked.save(update_fields=["revoked_at"])
    _note("api_key.revoked", locked, actor, at)
    return locked


def authenticate(*, presented: str, at: datetime) -> ApiKey | None:
    """The key that `presented` is, if it is one and alive. Its user carries the key's scopes and no roles."""
    shape = SHAPE.fullmatch(presented)
    if shape is None:
        return None
    prefix, secret = shape.groups()
    key = (
        ApiKey.objects.select_related("user")
        .filter(prefix=prefix, revoked_at__isnull=True, user__is_active=True)
        .first()
    )
    if key is None or not hmac.compare_digest(key.digest, _digest(secret)):
        return None
    if key.expires_at is not None and key.expires_at <= at:
        return None
    if key.last_used_on != at.date():
        ApiKey.objects.filter(pk=key.pk).update(last_used_on=at.date())
    key.user.key_scopes = frozenset(Scope(scope) for scope in key.scopes)
    key.user.loaded_grants = ()
    return key


def _service(name: str, prefix: str, at: datetime) -> User:
    user = User(
        username=f"key-{prefix}",
        pseudonym=_("Key %(name)s") % {"name": name},
        initials="API",
        kind=Kind.SERVICE,
        created_at=at,
    )
    user.set_unusable_password()
    user.save(force_insert=True)
    return user


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _note(verb: str, key: ApiKey, actor: User | None, at: datetime, **data: object) -> None:
    record(verb=verb, actor=actor, subject_kind="api_key", subject_id=key.pk, subject_ref=key.name, data=data, at=at)
