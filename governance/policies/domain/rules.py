"""Rules as pages and verbs see them: compiled against what the database knows now."""

from dataclasses import dataclass
from typing import Any

from governance.policies.enums import Subject
from governance.policies.language.description import describe
from governance.policies.language.problems import Problem, RuleProblems
from governance.policies.language.rule import Rule
from governance.policies.queries.environment import environment


@dataclass(frozen=True)
class Check:
    """What is wrong with a rule; or, where nothing is, what it reads."""

    problems: tuple[Problem, ...] = ()
    facts: tuple[str, ...] = ()
    term_lists: tuple[str, ...] = ()
    per_market: bool = False


def compiled(source: str, subject: Subject = Subject.LISTINGS) -> Rule:
    """Raises RuleProblems."""
    return environment().compile(source, about=subject.value)


def check(source: str, subject: Subject = Subject.LISTINGS) -> Check:
    try:
        rule = compiled(source, subject)
    except RuleProblems as wrong:
        return Check(problems=wrong.problems)
    return Check(facts=rule.facts, term_lists=rule.term_lists, per_market=rule.per_market)


def problems(source: str, subject: Subject = Subject.LISTINGS) -> tuple[Problem, ...]:
    return check(source, subject).problems


def vocabulary(language: str) -> dict[str, Any]:
    """Every fact and function that a rule may name, with labels in `language`."""
    return describe(environment(), language)
