"""The signed links by which a merchant reads a decision about them, or how their account stands, without signing in."""

from datetime import date, datetime, timedelta

from django.conf import settings
from django.core import signing
from django.urls import reverse

from enforcement.models import Decision
from listings.models import Merchant

SALT = "enforcement.decision"
ACCOUNT_SALT = "enforcement.account"
ACCOUNT_DAYS = timedelta(days=180)
"""How long the link to an account works: it shows what will be, not only what was."""
SEPARATOR = "~"
"""Kept by mail programs that cut a link at a colon or a full stop."""


class LinkBroken(Exception):
    """The link was cut, mistyped or made by somebody else."""


class LinkExpired(Exception):
    """The link was ours, and its time is over."""


def signed(salt: str, text: str) -> str:
    """The text with our signature, as the secret part of a link."""
    return signing.Signer(salt=salt, sep=SEPARATOR).sign(text)


def unsigned(salt: str, token: str) -> str:
    """The text that was signed. Raises LinkBroken."""
    try:
        return signing.Signer(salt=salt, sep=SEPARATOR).unsign(token)
    except signing.BadSignature:
        raise LinkBroken from None


def account_token_of(merchant: Merchant, at: datetime) -> str:
    """The secret part of the link to a merchant's account. It holds the day on which it was made."""
    return signed(ACCOUNT_SALT, f"{merchant.public_id}{SEPARATOR}{at:%Y%m%d}")


def account_of(token: str, at: datetime) -> tuple[str, date]:
    """The merchant's public id and the link's last day. Raises LinkBroken or LinkExpired."""
    public_id, _separator, made_on = unsigned(ACCOUNT_SALT, token).rpartition(SEPARATOR)
    last = date(int(made_on[:4]), int(made_on[4:6]), int(made_on[6:])) + ACCOUNT_DAYS
    if at.date() > last:
        raise LinkExpired
    return public_id, last


def account_address_of(merchant: Merchant, at: datetime) -> str:
    return str(settings.PUBLIC_URL) + reverse("enforcement:account", args=[account_token_of(merchant, at)])


def token_of(decision: Decision) -> str:
    """The link's secret part. It does not run out: the decision, its appeal and the answer stay readable."""
    return signed(SALT, decision.reference)


def reference_of(token: str) -> str:
    """The reference of the decision that the link is for. Raises LinkBroken."""
    return unsigned(SALT, token)


def address_of(decision: Decision) -> str:
    """The whole address, for a mail."""
    return str(settings.PUBLIC_URL) + reverse("enforcement:statement", args=[token_of(decision)])
