"""The category tree: nodes written as a set, and trees imported from files of paths in several languages."""

import csv
import gzip
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from governance.accounts.models import User
from governance.audit.domain import entries
from governance.web.refusals import Refusal
from listings.models import Category

BATCH = 2_000
LONGEST_CODE = 200
SEPARATOR = " > "
LANGUAGE = re.compile(r"[_.-]([a-z]{2})\.csv(?:\.gz)?$")
NOT_CODE = re.compile(r"[^a-z0-9]+")
FIRST_LANGUAGE = "en"


class TaxonomyUnreadable(Refusal):
    """The files are not a tree of paths: which file, and what it should have been. Nothing was changed."""


@dataclass(frozen=True)
class Node:
    """A category to be. `code` begins with its parent's; `names` maps a language to a name, English always among them."""

    code: str
    names: Mapping[str, str]
    source_id: str = ""


@dataclass(frozen=True)
class BadPath:
    """A row that did not go in. `line` counts from 1, the header included."""

    line: int
    id: str
    path: str
    reason: str


@dataclass(frozen=True)
class Written:
    created: int
    changed: int
    unchanged: int
    refused: tuple[BadPath, ...] = ()


@dataclass
class _Tree:
    source: str
    nodes: dict[str, Node] = field(default_factory=dict)
    refused: list[BadPath] = field(default_factory=list)
    taken: set[str] = field(default_factory=set)


@transaction.atomic
def write(*, nodes: Sequence[Node], source: str = "", merge: bool = False) -> Written:
    """Create or change nodes by their code, a few statements for each level. Nothing is taken away.

    With `merge`, names that are there stay and only missing languages are added.
    """
    stored = {row.code: row for row in Category.objects.filter(code__in=[node.code for node in nodes])}
    changed = [
        stored[node.code]
        for node in nodes
        if node.code in stored and _differs(stored[node.code], node, source, merge=merge)
    ]
    Category.objects.bulk_update(changed, ["names", "source", "source_id"], batch_size=BATCH)
    fresh = [node for node in nodes if node.code not in stored]
    _create(fresh, source)
    return Written(len(fresh), len(changed), len(nodes) - len(fresh) - len(changed))


def _create(nodes: Sequence[Node], source: str) -> None:
    """Level by level, so that parents have their keys before their children need them."""
    parents = {node.code.rpartition("/")[0] for node in nodes}
    ids = dict(Category.objects.filter(code__in=parents).values_list("code", "id"))
    levels: dict[int, list[Node]] = defaultdict(list)
    for node in nodes:
        levels[node.code.count("/")].append(node)
    for depth, level in sorted(levels.items()):
        rows = [
            Category(
                code=node.code,
                parent_id=ids[node.code.rpartition("/")[0]] if depth else None,
                depth=depth,
                names=dict(node.names),
                source=source,
                source_id=node.source_id,
            )
            for node in level
        ]
        ids |= {row.code: row.pk for row in Category.objects.bulk_create(rows, batch_size=BATCH)}


def _differs(before: Category, node: Node, source: str, *, merge: bool) -> bool:
    """Put the node's values into the row; say whether any of them is another."""
    was = (before.names, before.source, before.source_id)
    before.names = {**node.names, **before.names} if merge else {**before.names, **node.names}
    if source and not before.source:
        before.source, before.source_id = source, node.source_id
    return was != (before.names, before.source, before.source_id)


@transaction.atomic
def import_files(*, files: Sequence[Path], source: str, actor: User | None, at: datetime) -> Written:
    """Import one tree from CSV files (plain or gz) with the columns id and path, a file for each language.

    A file's language is the end of its name: categories_de.csv.gz. The English one makes the codes and must be among them.
    Where one of our own categories has the same path of English names it is the same category: it gets the names it lacks.
    Raises TaxonomyUnreadable.
    """
    by_language = {_language(path): path for path in files}
    if FIRST_LANGUAGE not in by_language:
        raise TaxonomyUnreadable(_("The English file is missing: its name ends in _en.csv or _en.csv.gz."))
    tree = _Tree(source)
    _read_english(tree, by_language[FIRST_LANGUAGE])
    names = {
        language: _leaf_names(path) for language, path in sorted(by_language.items()) if language != FIRST_LANGUAGE
    }
    nodes = [_named(node, names) for node in tree.nodes.values()]
    written = write(nodes=nodes, source=source, merge=True)
    result = Written(written.created, written.changed, written.unchanged, tuple(tree.refused))
    if written.created or written.changed:
        data = {"source": source, "created": written.created, "changed": written.changed, "languages": [*by_language]}
        entries.record(verb="taxonomy.imported", actor=actor, subject_kind="taxonomy", data=data, at=at)
    return result


def _language(path: Path) -> str:
    match = LANGUAGE.search(path.name)
    if match is None:
        message = _("“%(name)s” does not say its language. Name it like categories_de.csv or categories_de.csv.gz.")
        raise TaxonomyUnreadable(message % {"name": path.name})
    return match.group(1)


def _read_english(tree: _Tree, path: Path) -> None:
    rows = sorted(_rows(path), key=lambda row: row[1].count("-"))
    for line, key, text in rows:
        names = [name.strip() for name in text.split(SEPARATOR)]
        parent_key = key.rpartition("-")[0]
        parent = tree.nodes.get(parent_key)
        if not key or not names[-1]:
            tree.refused.append(BadPath(line, key, text, "empty"))
        elif key in tree.nodes:
            tree.refused.append(BadPath(line, key, text, "duplicate"))
        elif parent_key and parent is None:
            tree.refused.append(BadPath(line, key, text, "parent_missing"))
        else:
            code = _code(names[-1], key, parent.code if parent else "", tree.taken)
            if code:
                tree.taken.add(code)
                tree.nodes[key] = Node(code, {FIRST_LANGUAGE: names[-1]}, key)
            else:
                tree.refused.append(BadPath(line, key, text, "too_deep"))


def _code(name: str, key: str, parent: str, taken: set[str]) -> str:
    """The parent's code and the name as a segment; with the number of the id where that is taken or too long."""
    number = key.rpartition("-")[2]
    segment = NOT_CODE.sub("-", name.casefold()).strip("-")
    for last in (segment, f"{segment}-{number}", number):
        code = f"{parent}/{last}".strip("/")
        if last and len(code) <= LONGEST_CODE and code not in taken:
            return code
    return ""


def _named(node: Node, names: Mapping[str, Mapping[str, str]]) -> Node:
    others = {language: found[node.source_id] for language, found in names.items() if node.source_id in found}
    return Node(node.code, {**node.names, **others}, node.source_id)


def _leaf_names(path: Path) -> dict[str, str]:
    return {key: text.rpartition(SEPARATOR)[2].strip() for _line, key, text in _rows(path) if key and text.strip()}


def _rows(path: Path) -> Iterator[tuple[int, str, str]]:
    """Line, id and path. Raises TaxonomyUnreadable."""
    wrong = _("“%(name)s” is not a CSV file in UTF-8 with the columns id and path.") % {"name": path.name}
    try:
        with _opened(path) as file:
            reader = csv.DictReader(file)
            if not {"id", "path"} <= set(reader.fieldnames or ()):
                raise TaxonomyUnreadable(wrong)
            for row in reader:
                yield reader.line_num, (row["id"] or "").strip(), row["path"] or ""
    except (OSError, EOFError, UnicodeDecodeError, csv.Error) as error:
        raise TaxonomyUnreadable(wrong) from error


def _opened(path: Path) -> Any:
    if path.suffix == ".gz":
        return gzip.open(path, "rt", encoding="utf-8-sig", newline="")
    return path.open(encoding="utf-8-sig", newline="")


def shown(refused: Iterable[BadPath]) -> Iterator[str]:
    """A line for each row that did not go in, for people."""
    reasons = {
        "empty": _("id or name is empty"),
        "duplicate": _("this id stands twice in the file"),
        "parent_missing": _("its parent is not in the file"),
        "too_deep": _("its code would be too long"),
    }
    for row in refused:
        yield f"{row.line}: {row.id} {row.path}: {reasons[row.reason]}"
