"""What changed between two texts, word by word, for the two columns of a diff."""

import re
from difflib import SequenceMatcher

WORDS = re.compile(r"\s+|[^\W_]+|[\W_]", re.UNICODE)
LONGEST = 20_000

Part = tuple[str, str]
"""(`same`, `del` or `ins`, the text)."""


def words(old: str, new: str) -> tuple[list[Part], list[Part]]:
    """The parts of the old text and of the new one. Texts of more than 20,000 characters differ as a whole or not at all."""
    if old == new:
        return [("same", old)], [("same", new)]
    if len(old) > LONGEST or len(new) > LONGEST:
        return [("del", old)], [("ins", new)]
    before, after = WORDS.findall(old), WORDS.findall(new)
    left: list[Part] = []
    right: list[Part] = []
    for kind, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        _add(left, "same" if kind == "equal" else "del", "".join(before[a:b]))
        _add(right, "same" if kind == "equal" else "ins", "".join(after[c:d]))
    return _bridged(left, "del"), _bridged(right, "ins")


def _add(parts: list[Part], kind: str, text: str) -> None:
    if text:
        parts.append((kind, text))


def _bridged(parts: list[Part], mark: str) -> list[Part]:
    """A lone space between two changes belongs to them: one mark is read, not five."""
    found: list[Part] = []
    for index, (kind, text) in enumerate(parts):
        between = 0 < index < len(parts) - 1 and kind == "same" and text.isspace()
        bridge = between and parts[index - 1][0] == mark == parts[index + 1][0]
        kind = mark if bridge else kind
        if found and found[-1][0] == kind:
            found[-1] = (kind, found[-1][1] + text)
        else:
            found.append((kind, text))
    return found
