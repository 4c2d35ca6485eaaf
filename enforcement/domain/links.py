"""The signed link by which a merchant reads a decision about them, without signing in."""

from django.conf import settings
from django.core import signing
from django.urls import reverse

from enforcement.models import Decision

SALT = "enforcement.decision"
SEPARATOR = "~"
"""Kept by mail programs that cut a link at a colon or a full stop."""


class LinkBroken(Exception):
    """The link was cut, mistyped or made by somebody else."""


def token_of(decision: Decision) -> str:
    """The link's secret part. It does not run out: the decision, its appeal and the answer stay readable."""
    return signing.Signer(salt=SALT, sep=SEPARATOR).sign(decision.reference)


def reference_of(token: str) -> str:
    """The reference of the decision that the link is for. Raises LinkBroken."""
    try:
        return signing.Signer(salt=SALT, sep=SEPARATOR).unsign(token)
    except signing.BadSignature:
        raise LinkBroken from None


def address_of(decision: Decision) -> str:
    """The whole address, for a mail."""
    return str(settings.PUBLIC_URL) + reverse("enforcement:statement", args=[token_of(decision)])
