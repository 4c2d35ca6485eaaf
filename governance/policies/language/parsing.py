"""From a rule's text to the author's tree, and the parser's complaints in plain words."""

import re
from typing import Any

from governance.policies.language import protos
from governance.policies.language.lexical import MOST_BRACKETS, check_text
from governance.policies.language.problems import Report
from governance.policies.language.syntax import Node, tree
from governance.policies.language.tokens import Source

_ERROR = re.compile(r"ERROR: <input>:(\d+):(\d+): (?P<text>.*)")
_INPUT = re.compile(r"(?:mismatched|extraneous) input '(?P<wrong>.*?)' expecting")


def parse(cel_env: Any, source: Source, report: Report) -> Node:
    """Raises RuleProblems."""
    check_text(source, report)
    try:
        expression = cel_env.compile(source.text, disable_check=True)
    except RuntimeError as error:
        explain_failure(str(error), source, report)
        report.refuse()
        raise
    return tree(protos.parsed(expression.serialize()), source)


def explain_failure(error: str, source: Source, report: Report) -> None:
    """Report the first thing that the runtime's parser or checker complains of; what follows it is echo."""
    found = _ERROR.search(error)
    if found is None or "recursion" in error:
        _explain_limit(error, source, report)
        return
    offset = source.offset(int(found[1]), int(found[2]))
    text = found["text"]
    wrong_input = _INPUT.search(text)
    if wrong_input and wrong_input["wrong"] == "<EOF>":
        last = source.tokens[-1]
        report.add("unfinished", last.start, last.end)
    elif "Syntax error" in text:
        _unexpected(offset, source, report)
    elif text.startswith("has() argument"):
        _presence(offset, source, report)
    elif "variable name must be" in text:
        name = source.tokens[max(source.index_at(offset) - 2, 0)].text
        report.add("loop_needs_two", offset, _token_end(offset, source), name=name)
    elif text.startswith("invalid") and "literal" in text:
        report.add("bad_number", offset, _token_end(offset, source))
    else:
        report.add("not_readable", offset, _token_end(offset, source), detail=text)


def _explain_limit(error: str, source: Source, report: Report) -> None:
    """The parser gives up at a depth of its own and names no place."""
    deepest, bracket = max(source.depth(), key=lambda level: level[0], default=(0, None))
    if "recursion" not in error:
        report.add("not_readable", 0, len(source.text), detail=error.splitlines()[0])
    elif bracket is not None and deepest > MOST_BRACKETS // 2:
        report.add("too_deep", bracket.start, bracket.end, most=MOST_BRACKETS)
    else:
        report.add("too_chained", 0, len(source.text))


def _unexpected(offset: int, source: Source, report: Report) -> None:
    token = source.token_at(offset)
    if token is None:
        last = source.tokens[-1]
        report.add("unfinished", last.start, last.end)
    elif token.kind == "text":
        report.add("unexpected" if _readable(token.text) else "bad_text", token.start, token.end, token=token.text)
    else:
        report.add("unexpected", token.start, token.end, token=token.text)


_ESCAPES = re.compile(r"\\(?:[abfnrtv\\?\"'`]|[xX][0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[0-3][0-7]{2})|[^\\]")


def _readable(text: str) -> bool:
    return text[0] in "rR" or not _ESCAPES.sub("", text)


def _presence(offset: int, source: Source, report: Report) -> None:
    opening = source.index_at(offset)
    while opening and source.tokens[opening].text != "has":
        opening -= 1
    end = source.closing(source.tokens[opening + 1].start)
    inside = source.text[source.tokens[opening + 1].end : end - 1].strip()
    start = source.tokens[opening].start
    if inside.endswith(")"):
        report.add("presence_of_value", start, end, right=f"{inside} != null")
    else:
        report.add("presence_of_nothing", start, end)


def _token_end(offset: int, source: Source) -> int:
    token = source.token_at(offset)
    return token.end if token else len(source.text)
