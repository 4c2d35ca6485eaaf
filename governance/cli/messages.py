"""Gathers the translatable words of code and templates into the catalogues, with Babel: no gettext tools are needed.

`python -m governance.cli.messages` merges them into `locale/*/LC_MESSAGES/django.po`; with `--missing LANGUAGE` it prints
what that language still lacks. What is no longer used is dropped; what is fuzzy is not guessed.
"""

import argparse
import io
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

from governance.cli.install import ROOT

PACKAGES = ("governance", "listings", "enforcement", "investigations")
LANGUAGES = ("de", "fr", "ar")
KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
COMMENTS = ("Translators:",)
Found = tuple[int, str | tuple[str, ...], list[str], str | None]


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="governance.cli.messages")
    parser.add_argument("--missing", metavar="LANGUAGE", choices=LANGUAGES)
    options = parser.parse_args(arguments)
    if options.missing:
        for message in missing(options.missing):
            print(message)
        return 0
    template = gathered()
    for language in LANGUAGES:
        merge(language, template)
    print(f"{len(template)} messages in {', '.join(LANGUAGES)}.")
    return 0


def gathered() -> Catalog:
    """Every message of the product, in the order of the files."""
    catalogue = Catalog(project="governance", charset="utf-8")
    for file in _files():
        name = file.relative_to(ROOT).as_posix()
        for line, message, comments, context in _extracted(file):
            catalogue.add(message, locations=[(name, line)], auto_comments=comments, context=context)
    return catalogue


def merge(language: str, template: Catalog) -> None:
    file = catalogue_file(language)
    catalogue = _read(file, language) if file.exists() else Catalog(locale=language, project="governance")
    catalogue.update(template, no_fuzzy_matching=True)
    catalogue.obsolete.clear()
    catalogue.header_comment = f"# The interface in {catalogue.locale.english_name if catalogue.locale else language}."
    catalogue.fuzzy = False
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("wb") as out:
        write_po(out, catalogue, width=0, include_lineno=False, sort_by_file=True, omit_header=False)


def missing(language: str) -> list[str]:
    """Messages without a translation, in their English words."""
    catalogue = _read(catalogue_file(language), language)
    found = []
    for message in catalogue:
        words = message.string if isinstance(message.string, tuple) else (message.string,)
        if message.id and (message.fuzzy or not all(words)):
            found.append(str(message.id[0]) if isinstance(message.id, list | tuple) else message.id)
    return found


def catalogue_file(language: str) -> Path:
    return ROOT / "locale" / language / "LC_MESSAGES" / "django.po"


def _read(file: Path, language: str) -> Catalog:
    with file.open("rb") as text:
        return read_po(text, locale=language)


def _files() -> Iterator[Path]:
    for package in PACKAGES:
        yield from sorted(
            file
            for file in (ROOT / package).rglob("*.py")
            if "migrations" not in file.parts and "cli" not in file.parts
        )
    yield from sorted((ROOT / "templates").rglob("*.html"))
    yield from sorted((ROOT / "templates").rglob("*.txt"))


def _extracted(file: Path) -> Iterator[Found]:
    text = file.read_text()
    source = text if file.suffix == ".py" else templatize(text, origin=str(file))
    yield from extract("python", io.BytesIO(source.encode()), keywords=KEYWORDS, comment_tags=COMMENTS)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
