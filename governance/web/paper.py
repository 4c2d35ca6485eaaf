"""Letters on paper: paragraphs, pairs and lists set into a PDF, in every script that our letters are written in.

Lines are broken and put in order here, by the levels of the bidirectional algorithm; fpdf2 shapes each run with HarfBuzz and
writes the file. The same input gives the same bytes: the date of creation is the caller's.
"""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from fpdf import FPDF, XPos, YPos
from fpdf.enums import TextDirection
from fpdf.line_break import Fragment
from fpdf.prefs import ViewerPreferences

from governance.web.directions import (
    JOINERS,
    Run,
    by_level,
    by_script,
    in_visual_order,
    joined,
    trimmed,
    visible,
    words,
)

logging.getLogger("fontTools.subset").setLevel(logging.ERROR)

FACE = "letter"
MISSING = "\ufffd"
"""Stands for a character that the face does not have."""
POINT = 25.4 / 72
"""In millimetres, in which all lengths here are."""
MARGIN, FOOT, LABELS, INDENT = 22.0, 20.0, 40.0, 6.0
LEADING = 1.42
BULLET = "•"


@dataclass(frozen=True)
class Style:
    size: float
    bold: bool = False
    grey: int = 24
    after: float = 2.0

    @property
    def line(self) -> float:
        return self.size * POINT * LEADING


TITLE = Style(15, bold=True, after=3.0)
HEADING = Style(11.5, bold=True, after=1.6)
BODY = Style(9.5)
STRONG = Style(9.5, bold=True, after=0.6)
CLOSE = Style(9.5, after=0.6)
SMALL = Style(8.5, grey=95, after=0.6)


class _Setter(FPDF):
    """fpdf2 takes a vowel sign for a script of its own and tears a word apart there: its letters would no longer join."""

    def _parse_chars(self, text: str, markdown: bool, **_emphasis: Any) -> Iterator[Fragment]:
        for part in by_script(text):
            yield Fragment(part, self._get_current_graphics_state(), self.k)


class Paper:
    """A document that grows downwards. `rtl` is its own direction; each text may have another."""

    def __init__(self, *, title: str, language: str, author: str, at: datetime, rtl: bool) -> None:
        self.rtl = rtl
        self._pdf = pdf = _Setter(format="A4")
        pdf.set_margins(MARGIN, MARGIN)
        pdf.set_auto_page_break(False)
        pdf.c_margin = 0
        regular, bold = settings.PDF_FONTS
        pdf.add_font(FACE, "", regular)
        pdf.add_font(FACE, "B", bold)
        pdf.set_title(title)
        pdf.set_lang(language)
        pdf.set_author(author)
        pdf.set_creation_date(at)
        pdf.viewer_preferences = ViewerPreferences(display_doc_title=True)
        self._feet: list[str] = []
        self._widths: dict[tuple[str, float, str], float] = {}
        self._known = frozenset(pdf.fonts[FACE].cmap) & frozenset(pdf.fonts[f"{FACE}B"].cmap)  # type: ignore[union-attr]

    # --- what stands on it ------------------------------------------------------------------------

    def begin(self, name: str, *, foot: str) -> None:
        """A new sheet with its own entry in the outline. `foot` stands at the bottom of it and of those that follow."""
        self._foot = foot
        self._sheet()
        self._pdf.set_font(FACE, size=BODY.size)
        self._pdf.start_section(visible(name))

    def text(self, text: str, style: Style = BODY, *, rtl: bool | None = None, start: bool = False) -> None:
        """A paragraph in its own direction; it stands at its own side, or with `start` where the document's lines begin."""
        against = self.rtl if rtl is None else rtl
        side = self.rtl if start else against
        self._paragraph(text, style, rtl=against, right=side, indent=0)

    def heading(self, text: str) -> None:
        """Never alone at the bottom of a sheet."""
        self._room(HEADING.line + 3 * BODY.line + 4)
        self._pdf.set_y(self._pdf.get_y() + 3.2)
        self.text(text, HEADING)

    def items(
        self, texts: Sequence[str], *, numbered: bool = False, style: Style = CLOSE, rtl: bool | None = None
    ) -> None:
        """A list with bullets or numbers."""
        side = self.rtl if rtl is None else rtl
        for number, text in enumerate(texts, start=1):
            self._beside(f"{number}." if numbered else BULLET, style, text, style, rtl=side, indent=INDENT)
        self.gap()

    def pairs(self, rows: Sequence[tuple[str, str]]) -> None:
        """Names in one column, what they stand for in the other, a hairline between the rows."""
        for name, value in rows:
            self._hairline()
            self._beside(name, SMALL, value, CLOSE, rtl=self.rtl, indent=LABELS)
            self.gap(0.8)
        self._hairline()
        self.gap()

    def gap(self, height: float = 1.4) -> None:
        self._pdf.set_y(self._pdf.get_y() + height)

    def keep(self, lines: int) -> None:
        """Begin what follows on the next sheet unless so many lines of it fit here."""
        self._room(lines * BODY.line)

    @property
    def sheets(self) -> int:
        """How many there are by now: the number of the one that is being filled."""
        return len(self._feet)

    def finished(self) -> bytes:
        """The document, its sheets numbered."""
        pages = len(self._feet)
        for page, foot in enumerate(self._feet, start=1):
            self._pdf.page, self._pdf.font_family = page, ""  # so that the face is named on this sheet, too
            for text, right in ((foot, self.rtl), (f"{page} / {pages}", not self.rtl)):
                self._pdf.set_y(self._pdf.h - FOOT + 6)
                self._line(self._runs(text, rtl=False), SMALL, right=right, indent=0)
        written = bytes(self._pdf.output())
        for font in self._pdf.fonts.values():
            font.ttfont.close()  # type: ignore[union-attr]  # read as it is needed, and held open until then
        return written

    # --- lines ------------------------------------------------------------------------------------

    def _paragraph(self, text: str, style: Style, *, rtl: bool, right: bool, indent: float) -> None:
        for part in text.splitlines():
            for line in self._lines(self._runs(part, rtl=rtl), style, self._pdf.epw - indent):
                self._room(style.line)
                self._line(line, style, right=right, indent=indent)
        self.gap(style.after)

    def _lines(self, runs: Sequence[Run], style: Style, width: float) -> Iterator[list[Run]]:
        """Broken between words; a word that is longer than a line, within it."""
        line: list[Run] = []
        used, pending = 0.0, 0.0
        for word in words(runs):
            if word[0][1].isspace():
                if line:
                    line, pending = [*line, *word], pending + self._width(word, style)
                continue
            for part in self._fitting(word, style, width):
                size = self._width(part, style)
                if line and used + pending + size > width:
                    yield trimmed(line)
                    line, used, pending = [], 0.0, 0.0
                line += part
                used, pending = used + pending + size, 0.0
        if line:
            yield trimmed(line)

    def _fitting(self, word: list[Run], style: Style, width: float) -> Iterator[list[Run]]:
        if self._width(word, style) <= width:
            yield word
            return
        part: list[Run] = []
        for level, text in word:
            for character in text:
                if part and self._width([*part, (level, character)], style) > width:
                    yield part
                    part = []
                part = joined([*part, (level, character)])
        yield part

    def _line(self, runs: Sequence[Run], style: Style, *, right: bool, indent: float) -> None:
        """Draw one line and go to the next."""
        self._set(style)
        pdf, width = self._pdf, self._width(runs, style)
        top = pdf.get_y()
        x = pdf.w - pdf.r_margin - indent - width if right else pdf.l_margin + indent
        for level, text in in_visual_order(runs):
            size = self._width([(level, text)], style)
            pdf.set_xy(x, top)
            self._shape(level)
            pdf.cell(size, style.line, text, new_x=XPos.RIGHT, new_y=YPos.TOP)
            x += size
        pdf.set_xy(pdf.l_margin, top + style.line)

    def _beside(self, mark: str, style: Style, text: str, of_text: Style, *, rtl: bool, indent: float) -> None:
        """A text, and beside its first line a mark or a name."""
        pdf = self._pdf
        names = list(self._lines(self._runs(mark, rtl=rtl), style, indent - 2))
        self._room(max(len(names) * style.line, of_text.line))
        top, sheet = pdf.get_y(), len(self._feet)
        pdf.set_y(top + (of_text.line - style.line) / 2)
        for line in names:
            self._line(line, style, right=rtl, indent=0)
        below = pdf.get_y()
        pdf.set_y(top)
        self._paragraph(text, of_text, rtl=rtl, right=rtl, indent=indent)
        if len(self._feet) == sheet:
            pdf.set_y(max(pdf.get_y(), below))

    # --- the sheet --------------------------------------------------------------------------------

    def _room(self, height: float) -> None:
        if self._pdf.get_y() + height > self._pdf.h - FOOT:
            self._sheet()

    def _sheet(self) -> None:
        """The next one: a new one unless it was begun already."""
        self._pdf.add_page()
        self._feet.append(self._foot)

    def _hairline(self) -> None:
        pdf = self._pdf
        pdf.set_draw_color(210)
        pdf.set_line_width(0.2)
        pdf.line(pdf.l_margin, pdf.get_y(), pdf.w - pdf.r_margin, pdf.get_y())
        self.gap(0.8)

    def _set(self, style: Style) -> None:
        self._pdf.set_font(FACE, "B" if style.bold else "", style.size)
        self._pdf.set_text_color(style.grey)

    def _shape(self, level: int) -> None:
        self._pdf.set_text_shaping(True, direction=TextDirection.RTL if level % 2 else TextDirection.LTR)

    def _width(self, runs: Sequence[Run], style: Style) -> float:
        return sum(self._run_width(run, style) for run in runs)

    def _run_width(self, run: Run, style: Style) -> float:
        level, text = run
        key = (text, style.size, f"{style.bold}{level % 2}")
        if key not in self._widths:
            self._set(style)
            self._shape(level)
            self._widths[key] = float(self._pdf.get_string_width(text))
        return self._widths[key]

    def _runs(self, text: str, *, rtl: bool) -> list[Run]:
        """The text by levels, with a sign for what the face cannot show."""
        return [(level, "".join(map(self._shown, part))) for level, part in by_level(text, rtl=rtl)]

    def _shown(self, character: str) -> str:
        return character if character in JOINERS or ord(character) in self._known else MISSING
