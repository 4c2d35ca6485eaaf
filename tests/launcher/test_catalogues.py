import gettext
import os
from pathlib import Path

from governance.cli import catalogues

SOURCE = """
msgid ""
msgstr "Content-Type: text/plain; charset=UTF-8\\nPlural-Forms: nplurals=2; plural=(n != 1);\\n"

msgid "Queue"
msgstr "Warteschlange"

#, fuzzy
msgid "Case"
msgstr "Koffer"

msgid "%(n)s listing"
msgid_plural "%(n)s listings"
msgstr[0] "%(n)s Angebot"
msgstr[1] "%(n)s Angebote"
"""


def _catalogue(folder: Path) -> Path:
    source = folder / "de" / "LC_MESSAGES" / "django.po"
    source.parent.mkdir(parents=True)
    source.write_text(SOURCE)
    return source


def test_what_is_compiled_is_what_django_reads(tmp_path: Path) -> None:
    source = _catalogue(tmp_path)

    assert catalogues.compile_all(tmp_path) == 1

    with source.with_suffix(".mo").open("rb") as compiled:
        read = gettext.GNUTranslations(compiled)
    assert read.gettext("Queue") == "Warteschlange"
    assert read.gettext("Case") == "Case"  # a guess that nobody has confirmed is not shown
    assert read.ngettext("%(n)s listing", "%(n)s listings", 2) == "%(n)s Angebote"


def test_only_what_has_changed_is_compiled_again(tmp_path: Path) -> None:
    source = _catalogue(tmp_path)
    catalogues.compile_all(tmp_path)
    assert catalogues.compile_all(tmp_path) == 0

    later = source.with_suffix(".mo").stat().st_mtime + 10
    source.write_text(SOURCE.replace("Warteschlange", "Stapel"))
    os.utime(source, (later, later))

    assert catalogues.compile_all(tmp_path) == 1
