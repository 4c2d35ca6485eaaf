"""Term lists: saving makes a new version, which is current at once for every rule that names the list."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from governance.accounts.models import User
from governance.audit.domain import entries
from governance.policies.enums import Reads
from governance.policies.models import TermList, TermListVersion
from governance.web.refusals import Refusal

MAX_TERMS = 50_000

WordsByLanguage = Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class TermListContent:
    """`terms`, `exceptions` and `context` map a language to its words."""

    terms: WordsByLanguage
    reads: Reads = Reads.BASE
    exceptions: WordsByLanguage = field(default_factory=dict)
    context: WordsByLanguage = field(default_factory=dict)
    context_words: int = 8
    stems: bool = False
    change_note: str = ""


@transaction.atomic
def save(*, key: str, names: Mapping[str, str], content: TermListContent, actor: User, at: datetime) -> TermListVersion:
    """Store the next version of the list `key` (made if it is new) and make it current."""
    count = sum(len(words) for words in content.terms.values())
    if not count:
        raise Refusal(_("A term list needs at least one term."))
    if count > MAX_TERMS:
        raise Refusal(
            _("A term list holds at most %(most)s terms; this one has %(count)s.") % {"most": MAX_TERMS, "count": count}
        )
    term_list, _made = TermList.objects.select_for_update().get_or_create(key=key, defaults={"created_at": at})
    number = (term_list.versions.aggregate(last=Max("number"))["last"] or 0) + 1
    version = TermListVersion.objects.create(
        term_list=term_list,
        number=number,
        languages=sorted(content.terms),
        author=actor,
        created_at=at,
        **asdict(content),
    )
    term_list.names = dict(names)
    term_list.current = version
    term_list.save(update_fields=["names", "current"])
    entries.record(
        verb="term_list.saved",
        actor=actor,
        subject_kind="term_list",
        subject_id=term_list.pk,
        subject_ref=f"{key} v{number}",
        data={"terms": count, "note": content.change_note},
        at=at,
    )
    return version
