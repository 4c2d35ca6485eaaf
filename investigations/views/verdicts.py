"""Verdicts as they are offered by key, for one listing or for all, and posted where several people judge the same."""

from django.http import HttpRequest

from governance.web.choices import Option
from investigations.enums import VERDICT_TONE, Verdict

VERDICTS = [
    Option(verdict.value, verdict.label, VERDICT_TONE[verdict], str(number))
    for number, verdict in enumerate(Verdict, start=1)
]
EVERY = [Option(each.value, each.label, each.tone, f"Shift+{each.key}") for each in VERDICTS]


def given(request: HttpRequest) -> dict[int, Verdict]:
    """By key, what was posted as `verdict-<key>`."""
    found = {}
    for name, value in request.POST.items():
        key = name.removeprefix("verdict-")
        if key != name and key.isdecimal() and value in Verdict.values:
            found[int(key)] = Verdict(value)
    return found
