"""Signatures of what is sent, by Standard Webhooks: HMAC-SHA256 over message id, time and body.

A secret is not stored. It is made of the endpoint's salt and SECRET_KEY, so a copy of the database signs nothing.
"""

import base64
import hmac
import secrets
from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256

from django.utils.crypto import salted_hmac

from enforcement.models import WebhookEndpoint

PREFIX = "whsec_"
AGENT = "Governance-Webhooks/1"


def new_salt() -> str:
    return secrets.token_hex(16)


def secret(salt: str) -> str:
    """As the receiver keeps it: whsec_ and base64."""
    return PREFIX + base64.b64encode(_key(salt)).decode()


def headers(endpoint: WebhookEndpoint, *, message_id: str, body: bytes, at: datetime) -> dict[str, str]:
    """Signed with the endpoint's secret, and with the one before while that is still valid."""
    salts = [endpoint.salt]
    if endpoint.old_salt and endpoint.old_salt_until is not None and at < endpoint.old_salt_until:
        salts.append(endpoint.old_salt)
    second = str(int(at.timestamp()))
    return {
        "content-type": "application/json",
        "user-agent": AGENT,
        "webhook-id": message_id,
        "webhook-timestamp": second,
        "webhook-signature": " ".join(sign(salt, message_id, second, body) for salt in salts),
    }


def sign(salt: str, message_id: str, second: str, body: bytes) -> str:
    signed = f"{message_id}.{second}.".encode() + body
    return "v1," + base64.b64encode(hmac.digest(_key(salt), signed, sha256)).decode()


def without_secrets(sent: Mapping[str, str]) -> dict[str, str]:
    """For the log: who reads it shall not be able to send what was signed."""
    signatures = sent["webhook-signature"].split()
    return {**sent, "webhook-signature": " ".join("v1,…" for _each in signatures)}


def _key(salt: str) -> bytes:
    return salted_hmac("enforcement.webhook", salt, algorithm="sha256").digest()
