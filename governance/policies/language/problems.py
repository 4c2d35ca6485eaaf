"""What is wrong with a rule, where, and what would be right. Sentences are made when shown, in the reader's language."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from rapidfuzz import fuzz, process

from governance.policies.language.kinds import KIND_WORDS, Kind, Words
from governance.policies.language.tokens import Source
from governance.web import formats

MESSAGES: Mapping[str, Words] = {
    # the text itself
    "empty": _("The rule is empty. Write a condition, for example: listing.price > 100."),
    "too_long": _("The rule has %(length)s characters; at most %(most)s are read. Put long lists of words into a term list."),
    "too_deep": _("Brackets stand more than %(most)s deep here. Split the rule into several policies."),
    "too_chained": _("Too many parts hang together by signs such as + and ?: to be read. Split the rule into several policies."),
    "too_large": _("The rule has %(count)s parts; at most %(most)s are read. Put long lists of words into a term list."),
    "too_costly": _("Reading this for one listing could take %(cost)s steps; at most %(most)s are allowed. Leave out the inner loop."),
    "unclosed_bracket": _("This bracket is never closed."),
    "unopened_bracket": _("This bracket closes nothing."),
    "unclosed_text": _("This text never ends: its quotation mark is missing."),
    "curly_quotes": _("Texts stand in straight quotation marks: \"…\"."),
    "single_equals": _("A single = does not compare. Write ==."),
    "single_sign": _("Write %(right)s instead of %(wrong)s."),
    "word_operator": _("Write %(right)s instead of “%(wrong)s”."),
    "comma_number": _("Figures have a point, not a comma: %(right)s."),
    "strange_sign": _("“%(sign)s” means nothing in a rule."),
    "bad_number": _("This number is too large."),
    "bad_text": _("This text has an escape that does not exist. Write \\\\ for a backslash."),
    "unexpected": _("“%(token)s” does not belong here."),
    "unfinished": _("The rule stops too early: something is missing at its end."),
    "not_readable": _("This cannot be read: %(detail)s"),
    # names
    "unknown_name": _("`%(name)s` is not known. A name begins with listing, merchant, now or market."),
    "unknown_beginning": _("`%(name)s` is not known. A name begins with one of: %(begins)s."),
    "unknown_fact": _("`%(path)s` does not exist."),
    "unknown_attribute": _("`%(path)s` is not in the register of attributes."),
    "unknown_function": _("There is no function `%(name)s`."),
    "not_a_member": _("`%(name)s` cannot be asked of %(kind)s."),
    "needs_brackets": _("`%(name)s` is a function: write `%(name)s(…)`."),
    "not_a_function": _("`%(name)s` is a fact, not a function: leave out the brackets."),
    "is_a_member": _("Write `%(right)s`."),
    "is_global": _("Write `%(right)s`."),
    "number_of_arguments": _("`%(name)s` takes %(expected)s arguments; there are %(given)s."),
    "only_about_merchants": _("This policy is about merchants: a rule of it cannot name `%(name)s`."),
    "only_about_cases": _("A queue's rule is about cases: it cannot name `%(name)s`."),
    "only_about_found_merchants": _("A search of merchants cannot name `%(name)s`."),
    "only_about_found_cases": _("A search of cases cannot name `%(name)s`."),
    "only_about_found_decisions": _("A search of decisions cannot name `%(name)s`."),
    "no_decision": _("`decision` is for searches of decisions: a rule cannot name it."),
    "not_searched": _("`%(name)s` is read in rules and in searches of listings only."),
    "part_not_searched": _("This part is read in rules and in searches of listings only."),
    "no_case": _("`case` is for the rules of queues: a policy's rule cannot name it."),
    "shadowed_name": _("`%(name)s` cannot name an entry of a list: choose another name."),
    # arguments that name something
    "literal_needed": _("`%(name)s` needs its argument written out, not worked out."),
    "unknown_window": _("There is no window of %(days)s days. Metrics are stored for 7, 30 and 90 days."),
    "unknown_category": _("There is no category “%(value)s”."),
    "unknown_term_list": _("There is no term list “%(value)s”."),
    "unknown_certificate": _("There is no type of certificate “%(value)s”."),
    "unknown_market": _("“%(value)s” is not a market. Markets have two-letter codes."),
    "bad_pattern": _("This is not a regular expression that RE2 reads: %(detail)s."),
    "bad_days": _("Days are a whole number from 1 to 3650."),
    "bad_date": _("This is not a time. Write it as 2024-12-13T00:00:00Z."),
    "bad_period": _("This is not a length of time. Write it as 36h or 90m."),
    # meaning
    "not_boolean": _("A rule says yes or no; this is %(kind)s. Compare it with something."),
    "never_missing": _("`%(path)s` is always there; it cannot be asked whether it is."),
    "presence_of_value": _("has() asks for a fact, such as has(listing.brand). For this write `%(right)s`."),
    "presence_of_nothing": _("has() asks for a fact, such as has(listing.brand)."),
    "null_needs_a_fact": _("Only a fact that may be missing can be compared with null."),
    "null_elsewhere": _("null can only stand beside == or != with a fact."),
    "cannot_compare": _("%(left)s and %(right)s cannot stand on either side of %(operator)s."),
    "whole_and_number": _("%(left)s and %(right)s cannot stand on either side of %(operator)s. Write double(…) around the whole number."),
    "wrong_operand": _("%(operator)s cannot be applied to %(kind)s."),
    "wrong_choice": _("Before ? stands something that is yes or no, and both answers are of one kind."),
    "wrong_argument": _("`%(name)s` cannot take %(kinds)s."),
    "loop_needs_two": _("`%(name)s` takes a name for the entry and a condition: %(name)s(c, c.type == \"CE\")."),
    "not_a_list": _("`%(name)s` goes through a list; this is %(kind)s."),
    "not_in_language": _("%(what)s cannot be used in a rule."),
    "loop_in_loop": _("A loop inside a loop inside a loop is not read. Split the rule."),
    "mixed_list": _("The entries of a list are of one kind."),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Problem:
    """Offset and length count code points of the source; line and column count from 1."""

    code: str
    offset: int
    length: int
    line: int
    column: int
    params: Mapping[str, Any] = field(default_factory=dict)
    suggestions: Sequence[str] = ()

    @property
    def message(self) -> str:
        shown = {name: worded(value) for name, value in self.params.items()}
        sentence = str(MESSAGES[self.code]) % shown if shown else str(MESSAGES[self.code])
        if not self.suggestions:
            return sentence
        quoted = formats.series(f"`{suggestion}`" for suggestion in self.suggestions)
        return gettext("%(sentence)s Did you mean %(suggestions)s?") % {"sentence": sentence, "suggestions": quoted}


class RuleProblems(Exception):
    """A rule that cannot be used, with every problem found, in the order of the text."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(sorted(problems, key=lambda problem: (problem.offset, problem.code)))
        super().__init__("; ".join(f"{p.line}:{p.column} {p.code}" for p in self.problems))

    @property
    def message(self) -> str:
        return "\n".join(f"{p.line}:{p.column} {p.message}" for p in self.problems)


MOST_PROBLEMS = 30


class Report:
    """Collects problems, one for each place, and no more than a person reads."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.problems: list[Problem] = []

    def add(self, code: str, start: int, end: int, suggestions: Sequence[str] = (), **params: Any) -> None:
        if len(self.problems) == MOST_PROBLEMS or any(problem.offset == start for problem in self.problems):
            return
        line, column = self.source.line_and_column(start)
        self.problems.append(Problem(code, start, end - start, line, column, params, tuple(suggestions)))

    def refuse(self) -> None:
        """Raise what was collected, if anything was."""
        if self.problems:
            raise RuleProblems(self.problems)


def worded(value: Any) -> str:
    """Return a parameter as it is read in a sentence: kinds by their names."""
    if isinstance(value, Kind):
        return str(KIND_WORDS[value])
    if isinstance(value, tuple):
        return gettext(" and ").join(worded(item) for item in value)
    return str(value)


def like(wrong: str, known: Sequence[str], most: int = 3) -> list[str]:
    """Return the known names nearest to a wrong one, nearest first."""
    lowered = {name.lower(): name for name in known}
    found = process.extract(wrong.lower(), list(lowered), scorer=fuzz.WRatio, limit=20, score_cutoff=75)
    ranked = sorted(((fuzz.ratio(wrong.lower(), name), name) for name, _score, _index in found), reverse=True)
    return [lowered[name] for score, name in ranked[:most] if score >= ranked[0][0] - 15]
