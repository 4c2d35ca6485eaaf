"""Every verb that the code writes into the log has words."""

import ast

from governance.accounts.text.log import VERBS
from investigations.enums import ClaimEnd
from listings.enums import ImportState
from tests.architecture.tree import modules

RECORDERS = {"record", "record_many", "_record", "_note", "_set_active"}


def verbs() -> set[str]:
    """Texts with a point that are given to what writes into the log, by position or as `verb`, or put into `verb`."""
    found: set[str] = set()
    for path in modules():
        if "domain" not in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            match node:
                case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)) if name in RECORDERS:
                    given = [*node.args, *(keyword.value for keyword in node.keywords)]
                case ast.Assign(targets=[ast.Name(id="verb")]):
                    given = [node.value]
                case _:
                    continue
            inner = [each for value in given for each in ast.walk(value)]
            found |= {each.value for each in inner if isinstance(each, ast.Constant) and isinstance(each.value, str)}
    return {
        each
        for each in found
        if each.count(".") == 1 and each.replace("_", "").replace(".", "", 1).isalpha() and not each.endswith(".")
    }


def test_every_verb_has_words() -> None:
    moved = {f"import.{state.value}" for state in ImportState if state != ImportState.PREPARED}

    ended = {f"case.{end.value}" for end in ClaimEnd}

    assert (verbs() | moved | ended) - set(VERBS) == set()
    assert len(verbs()) > 50
