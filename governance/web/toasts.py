"""News about what a person just did, with its way back. Kept as a message, so that it survives a redirect."""

import json
from dataclasses import dataclass

from django.contrib import messages
from django.contrib.messages.storage.base import Message
from django.http import HttpRequest

UNDO_SECONDS = 10
TONE_OF_LEVEL = {messages.ERROR: "critical", messages.WARNING: "caution", messages.SUCCESS: "ok"}
ICON_OF_TONE = {"critical": "critical", "caution": "caution", "ok": "check", "info": "info"}


@dataclass(frozen=True)
class Toast:
    text: str
    note: str = ""
    tone: str = "ok"
    undo: str = ""
    seconds: int = UNDO_SECONDS

    @property
    def icon(self) -> str:
        return ICON_OF_TONE[self.tone]


def tell(request: HttpRequest, text: str, *, note: str = "", undo: str = "", seconds: int = UNDO_SECONDS) -> None:
    """Say what was done. `undo` is an address that takes a POST within `seconds`."""
    extra = json.dumps({"note": str(note), "undo": undo, "seconds": seconds})
    messages.add_message(request, messages.SUCCESS, str(text), extra_tags=extra)


def toast_of(message: Message) -> Toast:
    extra = (message.extra_tags or "").strip()
    details = json.loads(extra) if extra.startswith("{") else {}
    tone = TONE_OF_LEVEL.get(message.level, "info")
    return Toast(text=str(message.message), tone=tone, **details)
