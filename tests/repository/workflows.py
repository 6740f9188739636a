"""Rules for GitHub's workflows."""

import re

import yaml

from .tree import Complaints, Repository

# Published as a branch only, and there to check against the rules of today.
BRANCHES = {"home-assistant/actions/hassfest@master", "hacs/action@main"}
PINNED = re.compile(r"[\w./-]+@[0-9a-f]{40} # v\d+(\.\d+)*")


def actions_are_pinned(repository: Repository) -> Complaints:
    """Yield actions that are not pinned by commit with their version beside."""
    for path in sorted((repository.root / ".github" / "workflows").glob("*.y*ml")):
        for line in path.read_text("utf-8").splitlines():
            if match := re.match(r"\s*(?:- )?uses: (.*)", line):
                used = match[1].strip()
                if used not in BRANCHES and not PINNED.fullmatch(used):
                    yield f"{path.name}: {used}"


def workflows_are_limited(repository: Repository) -> Complaints:
    """Yield jobs without a time limit, and workflows with more rights than to read."""
    for path in sorted((repository.root / ".github" / "workflows").glob("*.y*ml")):
        workflow = yaml.safe_load(path.read_bytes())
        if workflow.get("permissions") != {"contents": "read"}:
            yield f"{path.name}: rights by default are more than to read"
        for name, job in workflow["jobs"].items():
            if not 0 < job.get("timeout-minutes", 0) <= 60:
                yield f"{path.name}: {name} has no limit of up to 60 minutes"


def validation(repository: Repository) -> Complaints:
    """Yield a validator of Home Assistant or HACS that no workflow runs."""
    folder = repository.root / ".github" / "workflows"
    texts = [path.read_text("utf-8") for path in folder.glob("*.y*ml")]
    for name in ("home-assistant/actions/hassfest@", "hacs/action@"):
        if not any(f"uses: {name}" in text for text in texts):
            yield f"no workflow uses {name}"


def updates(repository: Repository) -> Complaints:
    """Yield what Dependabot does not keep up to date."""
    path = repository.root / ".github" / "dependabot.yml"
    named = {
        (each["package-ecosystem"], each["directory"])
        for each in yaml.safe_load(path.read_bytes())["updates"]
    }
    for each in {("github-actions", "/"), ("pip", "/dev/requirements")} - named:
        yield f"dependabot.yml has no {each}"


RULES = (actions_are_pinned, workflows_are_limited, validation, updates)
