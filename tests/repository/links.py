"""Rules for links between pages, and to files on GitHub."""

from collections.abc import Iterator
from pathlib import Path
import re

from .tree import Complaints, Repository

LINK = re.compile(r"\]\(([^()\s]+)\)|(?:src|srcset|href)=\"([^\"]+)\"")
FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)


def _pages(repository: Repository) -> Iterator[Path]:
    for pattern in ("*.md", "docs/**/*.md", "dev/**/*.md", ".github/**/*.md"):
        yield from sorted(repository.root.glob(pattern))


def anchors(text: str) -> set[str]:
    """Return the anchors that GitHub gives the headings of a page."""
    found: set[str] = set()
    for heading in re.findall(r"^#+ +(.+?) *#*$", FENCE.sub("", text), re.MULTILINE):
        shown = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).replace("`", "")
        anchor = re.sub(r"[^\w\- ]", "", shown.strip().lower()).replace(" ", "-")
        name, count = anchor, 0
        while name in found:
            count += 1
            name = f"{anchor}-{count}"
        found.add(name)
    return found


def links_resolve(repository: Repository) -> Complaints:
    """Yield links to a file or a heading that does not exist."""
    home = repository.integration.manifest.get("documentation", "")
    for page in _pages(repository):
        text = page.read_text("utf-8")
        for match in LINK.finditer(FENCE.sub("", text)):
            link = match[1] or match[2]
            own = re.match(rf"{re.escape(home)}/(?:blob|tree|raw)/main/(.*)", link)
            if re.match(r"[a-z]+:", link) and not own:
                continue
            path, _, anchor = (own[1] if own else link).partition("#")
            base = repository.root if own else page.parent
            target = (base / path).resolve() if path else page
            name = f"{repository.name_of(page)}: {link}"
            if not target.exists():
                yield f"{name} is no file"
            elif (
                anchor
                and target.suffix == ".md"
                and anchor not in anchors(target.read_text("utf-8"))
            ):
                yield f"{name} is no heading"


def links_of_users(repository: Repository) -> Complaints:
    """Yield links of the manifest, issue forms and texts in code that lead nowhere."""
    home = repository.integration.manifest.get("documentation", "")
    sources = [
        *repository.integration.path.rglob("*.py"),
        *(repository.root / ".github").rglob("*.yml"),
    ]
    for source in sorted(sources):
        text = source.read_text("utf-8")
        for path, anchor in re.findall(
            rf"{re.escape(home)}/blob/main/([\w./-]+)(?:#([\w-]+))?", text
        ):
            target = repository.root / path
            if not target.is_file():
                yield f"{repository.name_of(source)}: there is no {path}"
            elif anchor and anchor not in anchors(target.read_text("utf-8")):
                yield f"{repository.name_of(source)}: {path} has no heading {anchor}"


RULES = (links_resolve, links_of_users)
