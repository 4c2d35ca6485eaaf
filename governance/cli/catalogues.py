"""Compiles the message catalogues: Django reads .mo files, and the machine need not have gettext's tools."""

from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from governance.cli.install import ROOT


def compile_all(folder: Path = ROOT / "locale") -> int:
    """Those whose source is newer; how many were."""
    stale = [source for source in sorted(folder.glob("*/LC_MESSAGES/*.po")) if _is_stale(source)]
    for source in stale:
        with source.open("rb") as text:
            catalogue = read_po(text, locale=source.parts[-3])
        draft = source.with_suffix(".mo.draft")
        with draft.open("wb") as out:
            write_mo(out, catalogue)
        draft.replace(source.with_suffix(".mo"))
    return len(stale)


def _is_stale(source: Path) -> bool:
    compiled = source.with_suffix(".mo")
    return not compiled.exists() or compiled.stat().st_mtime < source.stat().st_mtime


if __name__ == "__main__":
    compile_all()
