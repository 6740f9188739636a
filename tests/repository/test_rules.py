"""The repository breaks no rule, and each rule finds what was broken on purpose."""

from pathlib import Path

import pytest

from .rules import RULES
from .tree import Repository, Rule

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_no_rule_has_a_complaint(rule: Rule) -> None:
    """Hassfest, HACS and the oldest supported release would take the repository."""
    assert list(rule(Repository(ROOT))) == []
