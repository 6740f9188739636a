"""Tests that the repository's files work on any machine."""

from pathlib import Path
import re
import shutil
import subprocess

import pytest

ROOT = Path(__file__).parent.parent

# Put together here, so that this file does not name what no file may name.
REGISTRY_HOSTS = (
    "py" + "pi.org",
    "python" + "hosted.org",
    "deb.deb" + "ian.org",
    "security.deb" + "ian.org",
    "registry.npm" + "js.org",
    "registry.yarn" + "pkg.com",
)
MACHINE_PATHS = re.compile(
    "|".join(
        rf"(?<![\w.~-]){start}"
        for start in ("/work/" + "main", "/ho" + "me/", "/Us" + "ers/")
    ),
)


def tracked_files() -> list[Path]:
    """Return the files in a clone of the repository."""
    git = shutil.which("git")
    assert git, "git is needed to tell the repository's files from others"
    listed = subprocess.run(  # noqa: S603 - nothing here comes from outside
        [git, "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True
    )
    # A file that was just deleted is still listed.
    return [
        path
        for name in listed.stdout.split("\0")
        if name and (path := ROOT / name).is_file()
    ]


def text_of(path: Path) -> str | None:
    """Read a file's text; None for a picture and its like."""
    content = path.read_bytes()
    return None if b"\0" in content else content.decode("utf-8")


def test_no_file_names_a_registry() -> None:
    """Packages come from wherever the machine at hand takes them, a mirror maybe."""
    named = [
        f"{path.relative_to(ROOT)}: {host}"
        for path in tracked_files()
        if (text := text_of(path)) is not None
        for host in REGISTRY_HOSTS
        if host in text
    ]
    assert not named


def test_no_lock_that_names_registries() -> None:
    """Such locks write a registry's address down for every package."""
    locks = {"uv.lock", "poetry.lock", "Pipfile.lock", "package-lock.json", "yarn.lock"}
    assert not [path for path in tracked_files() if path.name in locks]


def test_no_file_has_a_path_of_a_developers_machine() -> None:
    """A path that exists on one machine works on one machine."""
    found = [
        f"{path.relative_to(ROOT)}: {match[0]}"
        for path in tracked_files()
        if (text := text_of(path)) is not None and (match := MACHINE_PATHS.search(text))
    ]
    assert not found


SCRIPTS = sorted(path for path in (ROOT / "scripts").iterdir() if path.is_file())


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.name)
def test_scripts_can_be_run_and_say_how(script: Path) -> None:
    """Each starts as a command, and its first lines say what it is for."""
    assert script.stat().st_mode & 0o111 == 0o111
    shebang, comment, *_ = script.read_text(encoding="utf-8").splitlines()
    assert shebang.startswith("#!/usr/bin/env ")
    assert re.match(r'(# |""")[A-Z]', comment)


def test_pictures() -> None:
    """Every picture is shown by a page, and each that is taken by day also by night."""
    pages = [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]
    shown = {
        (page.parent / name).resolve()
        for page in pages
        for name in re.findall(
            r"[\w/.-]+\.(?:png|svg)(?=[\")])", page.read_text("utf-8")
        )
        if "images/" in name
    }
    there = set((ROOT / "docs" / "images").iterdir())
    assert shown == there
    for path in there:
        if path.stem.endswith("-light"):
            assert path.with_stem(path.stem.replace("-light", "-dark")) in there
