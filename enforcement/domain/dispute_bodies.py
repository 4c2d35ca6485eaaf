"""Certified dispute settlement bodies, as the operator enters them."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from enforcement.models import DisputeBody
from governance.accounts.models import User
from governance.audit.domain import entries
from governance.web.refusals import Refusal


@transaction.atomic
def save(
    *,
    body: DisputeBody | None,
    name: str,
    url: str,
    country: str,
    languages: Sequence[str],
    named: bool,
    actor: User,
    at: datetime,
) -> DisputeBody:
    """Enter a body (`body` empty) or change one. What it was stays in its history."""
    changed = body or DisputeBody()
    if DisputeBody.objects.filter(name__iexact=name.strip()).exclude(pk=changed.pk).exists():
        raise Refusal(_("There is a body of this name already."))
    changed.name, changed.url, changed.country = name.strip(), url, country
    changed.languages, changed.named = sorted(set(languages)), named
    changed.save()
    entries.record(
        verb="dispute_body.saved",
        actor=actor,
        subject_kind="dispute_body",
        subject_id=changed.pk,
        subject_ref=changed.name,
        data={"url": url, "country": country, "languages": changed.languages, "named": named},
        at=at,
    )
    return changed
