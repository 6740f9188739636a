"""The list of all rules."""

from . import (
    actions,
    blueprints,
    hacs,
    icons,
    links,
    manifest,
    quality,
    source,
    translations,
    workflows,
)
from .tree import Rule

RULES: tuple[Rule, ...] = (
    *manifest.RULES,
    *source.RULES,
    *translations.RULES,
    *icons.RULES,
    *actions.RULES,
    *hacs.RULES,
    *blueprints.RULES,
    *quality.RULES,
    *workflows.RULES,
    *links.RULES,
)
