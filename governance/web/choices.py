"""What a person may choose from, for `seg`, `toggles` and `measures`."""

from dataclasses import dataclass

from django.utils.functional import Promise


@dataclass(frozen=True)
class Option:
    """One choice. `note` says why it is not open, or what it is in full."""

    value: str
    label: str | Promise
    tone: str = ""
    key: str = ""
    disabled: bool = False
    note: str | Promise = ""
    url: str = ""
