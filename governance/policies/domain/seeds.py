"""The policies and term lists that come with the product: read from `data/`, then put through the same verbs as any other."""

import functools
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import transaction

from governance.accounts.enums import Function
from governance.accounts.models import User
from governance.policies.domain import policies, term_lists, versions
from governance.policies.domain.term_lists import TermListContent
from governance.policies.domain.versions import Terms, Words
from governance.policies.enums import Ground, Measure, Mode, Reads, Severity, Subject
from governance.policies.language.vocabulary import GROUPS
from governance.policies.models import Policy, TermListVersion
from listings.models import Market

DATA = Path(__file__).resolve().parent.parent / "data"
LANGUAGES = ("en", "de", "fr")
EVERYWHERE = "ALL"
NAMED_GROUPS: Mapping[str, Sequence[str]] = {**GROUPS, "UK": ("GB",)}
REASON = "Came with the product."
PLAIN = (
    "legal_basis",
    "evidence",
    "rule",
    "minimum_age",
    "label",
    "listings_a_day",
    "transparency_category",
    "transparency_keywords",
    "transparency_other",
    "points",
    "cure_days",
    "confirm_with_counsel",
)
DATES = ("effective_from", "effective_until")


class SeedWrong(ValueError):
    """A data file lacks something or names something that does not exist. Says which policy and what."""


@dataclass(frozen=True)
class SeedPolicy:
    """`jurisdictions` are country codes, or EVERYWHERE alone, as long as the markets are not known."""

    slug: str
    family: str
    subject: Subject
    mode: Mode
    jurisdictions: tuple[str, ...]
    terms: Terms


@dataclass(frozen=True)
class SeedTermList:
    key: str
    names: Mapping[str, str]
    content: TermListContent


@dataclass(frozen=True)
class LoadedSeeds:
    """Slugs that are new, and those that were there already and stay as they are."""

    created: tuple[str, ...]
    kept: tuple[str, ...]
    term_lists: tuple[str, ...]


@transaction.atomic
def load_seed_policies(*, actor: User, approver: User, at: datetime) -> LoadedSeeds:
    """Draft, submit, approve and switch on every policy that is not there yet. Nothing that exists is changed.

    `approver` must be another person than `actor`. Raises SeedWrong, versions.Incomplete and versions.FourEyes.
    """
    lists = tuple(_save_list(seed, actor, at) for seed in seed_term_lists() if not _is_there(seed))
    known = set(Policy.objects.values_list("slug", flat=True))
    markets = tuple(Market.objects.order_by("code").values_list("code", flat=True))
    new = [seed for seed in seed_policies() if seed.slug not in known]
    for seed in new:
        _load(seed, markets, actor=actor, approver=approver, at=at)
    created = tuple(seed.slug for seed in new)
    return LoadedSeeds(created, tuple(seed.slug for seed in seed_policies() if seed.slug in known), lists)


@functools.cache
def seed_policies() -> tuple[SeedPolicy, ...]:
    """All of them, in the order of families and of their files. Raises SeedWrong."""
    seeds = tuple(seed for path in sorted((DATA / "policies").glob("*.toml")) for seed in _read_family(path))
    slugs = [seed.slug for seed in seeds]
    for slug in slugs:
        if slugs.count(slug) > 1:
            raise SeedWrong(f"{slug}: two policies have this short name")
    return seeds


@functools.cache
def seed_term_lists() -> tuple[SeedTermList, ...]:
    """Raises SeedWrong."""
    return tuple(_read_list(path) for path in sorted((DATA / "terms").glob("*.toml")))


def _load(seed: SeedPolicy, markets: Sequence[str], *, actor: User, approver: User, at: datetime) -> None:
    policy = policies.create(slug=seed.slug, family=seed.family, subject=seed.subject, actor=actor, at=at)
    terms = seed.terms
    if seed.jurisdictions == (EVERYWHERE,):
        terms = Terms(**{**vars(terms), "jurisdictions": tuple(markets)})
    version = versions.draft(policy=policy, terms=terms, actor=actor, at=at)
    version = versions.submit(version=version, actor=actor, at=at)
    versions.approve(version=version, function=Function.LEGAL, actor=approver, comment=REASON, at=at)
    if seed.mode != Mode.OFF:
        policies.set_mode(policy=policy, mode=seed.mode, actor=actor, reason=REASON, at=at)


def _save_list(seed: SeedTermList, actor: User, at: datetime) -> str:
    term_lists.save(key=seed.key, names=seed.names, content=seed.content, actor=actor, at=at)
    return seed.key


def _is_there(seed: SeedTermList) -> bool:
    """Whether a list of this key is there. What people have made of it since is theirs."""
    return TermListVersion.objects.filter(term_list__key=seed.key).exists()


def _read_family(path: Path) -> Iterator[SeedPolicy]:
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    for entry in data["policy"]:
        slug = entry.get("slug", f"a policy of {path.name}")
        try:
            yield _seed(entry, data["family"])
        except (KeyError, ValueError, TypeError) as error:
            raise SeedWrong(f"{slug}: {error!r}") from error


def _seed(entry: Mapping[str, Any], family: str) -> SeedPolicy:
    jurisdictions = _expanded(entry["jurisdictions"], entry.get("except_jurisdictions", ()))
    terms = Terms(
        severity=Severity(entry["severity"]),
        ground=Ground(entry["ground"]),
        jurisdictions=jurisdictions,
        categories=tuple(entry["categories"]),
        measures=tuple(map(Measure, entry["measures"])),
        default_measure=Measure(entry["default_measure"]),
        source_url=entry.get("source", ""),
        change_note=REASON,
        texts={language: _words(entry[language], language) for language in LANGUAGES},
        **{name: entry[name] for name in (*PLAIN, *DATES) if name in entry},
    )
    if terms.default_measure not in terms.measures:
        raise SeedWrong(f"{entry['slug']}: its default measure is not permitted")
    return SeedPolicy(
        slug=entry["slug"],
        family=family,
        subject=Subject(entry.get("subject", Subject.LISTINGS)),
        mode=Mode(entry["mode"]),
        jurisdictions=jurisdictions,
        terms=terms,
    )


def _words(entry: Mapping[str, str], language: str) -> Words:
    headings = _headings()[language]
    return Words(
        title=entry["title"],
        summary=entry["summary"],
        statement=entry["statement"],
        guidance="\n".join(f"{heading}: {entry[name]}" for name, heading in headings.items()),
        correction=entry["correction"],
    )


@functools.cache
def _headings() -> dict[str, dict[str, str]]:
    return tomllib.loads((DATA / "guidance.toml").read_text(encoding="utf-8"))


def _expanded(names: Sequence[str], exceptions: Sequence[str]) -> tuple[str, ...]:
    """Country codes of codes and groups, without the exceptions; EVERYWHERE stays until the markets are known."""
    if list(names) == [EVERYWHERE]:
        return (EVERYWHERE,)
    found = {code for name in names for code in NAMED_GROUPS.get(name, (name,))}
    strange = [code for code in found if len(code) != 2 or not code.isupper()]
    if strange:
        raise SeedWrong(f"no such market or group: {', '.join(strange)}")
    return tuple(sorted(found - set(exceptions)))


def _read_list(path: Path) -> SeedTermList:
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    if data.get("key") != path.stem:
        raise SeedWrong(f"{path.name}: its key is {data.get('key')!r}")
    content = TermListContent(
        terms=data["terms"],
        reads=Reads(data["reads"]),
        exceptions=data.get("exceptions", {}),
        context=data.get("context", {}),
        context_words=data.get("context_words", 8),
        stems=data.get("stems", False),
        change_note=REASON,
    )
    return SeedTermList(data["key"], data["names"], content)
