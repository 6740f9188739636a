"""The quality scale: every rule has a status, and every one that is done has a proof."""

from pathlib import Path
import re
from typing import Any

import homeassistant.components
import yaml

from .tree import Complaints, Repository

[_COMPONENTS] = homeassistant.components.__path__
# An integration of Home Assistant that answers to all rules.
_LIST = Path(_COMPONENTS) / "peblar" / "quality_scale.yaml"
ALL = frozenset(yaml.safe_load(_LIST.read_bytes())["rules"])


def _rules(repository: Repository) -> dict[str, Any]:
    return repository.integration.yaml("quality_scale.yaml").get("rules", {})


def quality_scale(repository: Repository) -> Complaints:
    """Yield rules that are missing, unknown, open, or exempt without a reason."""
    rules = _rules(repository)
    yield from (f"{name} is no rule, or missing" for name in sorted(rules.keys() ^ ALL))
    for name, rule in rules.items():
        content = rule if isinstance(rule, dict) else {"status": rule}
        status = content.get("status")
        if content.keys() - {"status", "comment"} or status not in ("done", "exempt"):
            yield f"{name} is {status}"
        if status == "exempt" and not str(content.get("comment", "")).strip():
            yield f"{name} is exempt without a reason"


def quality_proofs(repository: Repository) -> Complaints:
    """Yield rules whose proof on the page of proofs is missing or does not exist."""
    page = repository.root / "docs" / "quality-scale.md"
    text = page.read_text("utf-8")
    rows = dict(re.findall(r"^\| ([a-z][a-z-]*) \| (.*) \|$", text, re.MULTILINE))
    rules = _rules(repository)
    yield from (f"{name}: no row, or no rule" for name in sorted(rows.keys() ^ rules))
    for name in rows.keys() & rules.keys():
        exempt = isinstance(rules[name], dict) and rules[name]["status"] == "exempt"
        yield from _proofs(repository, name, rows[name], exempt=exempt)


def _proofs(
    repository: Repository, name: str, proof: str, *, exempt: bool
) -> Complaints:
    if exempt != proof.startswith("exempt: "):
        yield f"{name}: the page and quality_scale.yaml differ on whether it is exempt"
    named = re.findall(r"`([\w./-]+\.\w+)(?:::(\w+))?`", proof)
    links = re.findall(r"\]\(([^)]+)\)", proof)
    if not named and not links and not exempt:
        yield f"{name}: names no proof"
    for path, test in named:
        file = repository.root / path
        if not file.is_file():
            yield f"{name}: there is no {path}"
        elif test and not re.search(rf"def {test}\(", file.read_text("utf-8")):
            yield f"{name}: {path} has no {test}"


RULES = (quality_scale, quality_proofs)
