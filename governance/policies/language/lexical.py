"""Mistakes that show in the tokens alone: brackets, quotation marks, signs and words of other languages."""

from itertools import pairwise

from governance.policies.language.problems import Report
from governance.policies.language.tokens import OPENS, Source, Token

MOST_CHARACTERS = 10_000
MOST_BRACKETS = 24

_WORD_OPERATORS = {"and": "&&", "or": "||", "not": "!", "is": "=="}
_SINGLE_SIGNS = {"=": "==", "&": "&&", "|": "||", "≠": "!=", "≤": "<=", "≥": ">="}
_QUOTES = frozenset("“”„«»‘’")


def check_text(source: Source, report: Report) -> None:
    """Report what no parser needs to see. Raises RuleProblems where going on would only repeat it."""
    if not source.text.strip():
        report.add("empty", 0, 0)
    elif len(source.text) > MOST_CHARACTERS:
        report.add("too_long", MOST_CHARACTERS, len(source.text), length=len(source.text), most=MOST_CHARACTERS)
    report.refuse()
    if not source.tokens:
        report.add("empty", 0, len(source.text))
        report.refuse()
    _signs(source, report)
    _brackets(source, report)
    report.refuse()


def _signs(source: Source, report: Report) -> None:
    for index, token in enumerate(source.tokens):
        if token.kind == "other":
            _sign(token, source, report)
            if token.text in ("'", '"'):
                return
        elif token.kind == "name" and token.text.lower() in _WORD_OPERATORS and _is_operator(source, index):
            right = _WORD_OPERATORS[token.text.lower()]
            report.add("word_operator", token.start, token.end, wrong=token.text, right=right)
    for before, comma in pairwise(source.tokens):
        _comma(before, comma, source, report)


def _sign(token: Token, source: Source, report: Report) -> None:
    if token.text in ("'", '"'):
        line_end = source.text.find("\n", token.start)
        report.add("unclosed_text", token.start, len(source.text) if line_end < 0 else line_end)
    elif token.text in _QUOTES:
        report.add("curly_quotes", token.start, token.end)
    elif token.text == "=":
        report.add("single_equals", token.start, token.end)
    elif token.text in _SINGLE_SIGNS:
        report.add("single_sign", token.start, token.end, wrong=token.text, right=_SINGLE_SIGNS[token.text])
    else:
        report.add("strange_sign", token.start, token.end, sign=token.text)


def _is_operator(source: Source, index: int) -> bool:
    """Whether a word stands where an operator would: not after a point, and next to a value without a sign between."""
    before = source.tokens[index - 1] if index else None
    after = source.tokens[index + 1] if index + 1 < len(source.tokens) else None
    if before and before.text == ".":
        return False
    value_after = after is not None and (after.kind in ("name", "text", "number") or after.text in ("(", "!", "-"))
    if source.tokens[index].text.lower() == "not":
        return value_after
    value_before = before is not None and (before.kind in ("name", "text", "number") or before.text in (")", "]"))
    return value_before and value_after


def _comma(number: Token, comma: Token, source: Source, report: Report) -> None:
    """10,5 outside a list or a call."""
    if number.kind != "number" or comma.text != "," or comma.start != number.end:
        return
    index = source.index_at(comma.start)
    after = source.tokens[index + 1] if index + 1 < len(source.tokens) else None
    if after and after.kind == "number" and after.start == comma.end and not _inside(source, index):
        report.add("comma_number", number.start, after.end, right=f"{number.text}.{after.text}")


def _inside(source: Source, index: int) -> bool:
    """Whether a list or the arguments of a call are open here."""
    for opening, closing in source.mates.items():
        if opening < index < closing:
            before = source.tokens[opening - 1] if opening else None
            if source.tokens[opening].text == "[" or (before is not None and before.kind == "name"):
                return True
    return False


def _brackets(source: Source, report: Report) -> None:
    signs = [(index, token) for index, token in enumerate(source.tokens) if token.kind == "sign"]
    for index, token in signs:
        if token.text in (")", "]", "}") and index not in source.mates:
            report.add("unopened_bracket", token.start, token.end)
            return
    unclosed = [token for index, token in signs if token.text in OPENS and index not in source.mates]
    for token in unclosed[-1:]:
        report.add("unclosed_bracket", token.start, token.end)
    for depth, token in source.depth():
        if depth > MOST_BRACKETS:
            report.add("too_deep", token.start, token.end, most=MOST_BRACKETS)
            return
