"""How a person appears: by role and pseudonym, never by name or picture."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext


@dataclass(frozen=True)
class Face:
    label: str
    initials: str
    kind: str = ""


def face_of(person: Any, *, you: Any = None) -> Face:
    """`None` is automation. `you` is the person looking, whose own face is marked."""
    if person is None:
        return Face(gettext("Automation"), gettext("A"), "machine")
    label = str(getattr(person, "pseudonym", "") or person.get_username())
    last = label.split()[-1] if label.split() else label
    initials = last if len(last) <= 3 else label[:1].upper()
    return Face(label, initials, "you" if you is not None and you == person else "")
