"""Which Chromium the browser tests drive."""

import os
import shutil
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def find() -> str | None:
    """The path named by GOVERNANCE_CHROMIUM, else the system's browser, else one that Playwright has downloaded."""
    named = os.environ.get("GOVERNANCE_CHROMIUM")
    if named:
        return named
    return next(filter(None, map(shutil.which, NAMES)), None) or _downloaded()


def _downloaded() -> str | None:
    cache = Path(os.environ.get("PLAYWRIGHT_BROWSERS_PATH") or Path.home() / ".cache" / "ms-playwright")
    found = sorted([*cache.glob("chromium-*/chrome-linux*/chrome"), *cache.glob("chromium-*/chrome-mac*/**/Chromium")])
    return str(found[-1]) if found else None
