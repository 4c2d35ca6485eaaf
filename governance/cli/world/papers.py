"""Papers that people of the demo hand in."""

from django.utils import timezone

from governance.web.paper import Paper


def pdf(title: str, *lines: str) -> bytes:
    paper = Paper(title=title, language="en", author=title, at=timezone.now(), rtl=False)
    paper.begin(title, foot="")
    for line in (title, *lines):
        paper.text(line)
    return paper.finished()
