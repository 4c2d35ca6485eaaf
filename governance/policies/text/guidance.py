"""Guidance for moderators as its author meant it: paragraphs, and points that a few words lead."""

from dataclasses import dataclass

LONGEST_LEAD = 40


@dataclass(frozen=True)
class Block:
    """A paragraph of guidance, or a list. `lead` is what stands before the colon of a point."""

    kind: str
    text: str = ""
    points: tuple[tuple[str, str], ...] = ()


def blocks(guidance: str) -> list[Block]:
    """Paragraphs, and lists of the lines that begin with a dash or with a few words and a colon, which lead their point."""
    found: list[Block] = []
    points: list[tuple[str, str]] = []
    for line in [*(raw.strip() for raw in guidance.splitlines()), ""]:
        dashed = line.startswith(("- ", "* ", "• "))
        lead, rest = _led(line[2:].strip() if dashed else line)
        if dashed or lead:
            points.append((lead, rest))
            continue
        if points and line:
            found.append(Block("list", points=tuple(points)))
            points = []
        if line:
            found.append(Block("text", text=line))
    return [*found, Block("list", points=tuple(points))] if points else found


def _led(text: str) -> tuple[str, str]:
    lead, colon, rest = text.partition(": ")
    return (f"{lead}:", rest) if colon and len(lead) <= LONGEST_LEAD else ("", text)
