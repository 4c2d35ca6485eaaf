"""Letters to merchants: a list of blocks, from which the text and the HTML of a mail are made alike."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.template.loader import render_to_string

from enforcement.domain import links
from enforcement.language.words import Words
from enforcement.models import Decision
from governance.web import formats
from listings.models import Merchant


@dataclass(frozen=True)
class Block:
    """A heading, a subheading, a paragraph, a list or a link; `language` where it is not the letter's own."""

    kind: str
    text: str = ""
    items: tuple[str, ...] = ()
    language: str = ""


@dataclass(frozen=True)
class Letter:
    language: str
    subject: str
    text: str
    html: str


def heading(text: str, *, language: str = "") -> Block:
    return Block("heading", text, language=language)


def subheading(text: str) -> Block:
    return Block("subheading", text)


def link(text: str, decision: Decision) -> Block:
    """To a decision, with the words before it."""
    return Block("link", text, items=(links.address_of(decision),))


def paragraph(*sentences: str, language: str = "") -> Block:
    return Block("paragraph", " ".join(sentence for sentence in sentences if sentence), language=language)


def bullets(items: Iterable[str]) -> Block:
    return Block("list", items=tuple(items))


def compose(*, words: Words, subject: str, merchant: Merchant, blocks: Iterable[Block], at: datetime) -> Letter:
    """A whole mail: greeting, what is to be said, the link to the account, the warning about links, closing."""
    parts = [
        paragraph(words("mail.greeting", name=merchant.name)),
        *(block for block in blocks if block.text or block.items),
        Block("link", words("mail.account"), items=(links.account_address_of(merchant, at),)),
        paragraph(words("mail.private")),
        paragraph(words("mail.closing")),
    ]
    one_line = " ".join(subject.split())
    context = {"subject": one_line, "language": words.language, "blocks": parts}
    context["direction"] = formats.direction(words.language)
    html = render_to_string("enforcement/mail.html", context)
    return Letter(words.language, one_line, as_text(parts), html)


def as_text(blocks: Iterable[Block]) -> str:
    """The plain text: lines between blocks, a rule under headings, a dash before the items of a list."""
    return "\n\n".join(_plain(block) for block in blocks if block.text or block.items) + "\n"


def _plain(block: Block) -> str:
    if block.kind == "heading":
        return f"{block.text}\n{'-' * min(len(block.text), 60)}"
    if block.kind == "subheading":
        return f"* {block.text} *"
    if block.kind == "list":
        return "\n".join(f"- {item}" for item in block.items)
    if block.kind == "link":
        return f"{block.text}\n{block.items[0]}"
    return block.text
