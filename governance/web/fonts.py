"""The faces of letters as PDF: files of the system, named by settings."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Warning, register


def missing_fonts() -> list[str]:
    """The configured files that are not there. With any, no PDF can be made."""
    return [str(path) for path in settings.PDF_FONTS if not Path(path).is_file()]


@register("paper")
def check_fonts(**_asked: Any) -> list[CheckMessage]:
    return [
        Warning(
            f"{path} is missing: letters to merchants go out without a PDF.",
            hint="Install DejaVu (Debian: fonts-dejavu-core), or name other faces in PDF_FONT and PDF_FONT_BOLD.",
            id="governance.W001",
        )
        for path in missing_fonts()
    ]
