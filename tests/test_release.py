"""A release has one version, notes from its commits, and a zip only if HACS wants one."""

import json
import os
from pathlib import Path
import shutil
import subprocess
from zipfile import ZipFile

import pytest

from release.__main__ import DOMAIN, main, notes, versions, write_zip

ROOT = Path(__file__).parent.parent
PERSON = {
    f"GIT_{role}_{part}": value
    for role in ("AUTHOR", "COMMITTER")
    for part, value in (("NAME", "A"), ("EMAIL", "a@example.com"))
}


@pytest.fixture(name="root")
def root_fixture(tmp_path: Path) -> Path:
    """Make a repository with version 1.2.0, of two files and three commits."""
    home = tmp_path / "custom_components" / DOMAIN
    (home / "brand").mkdir(parents=True)
    (home / "brand" / "icon.png").write_bytes(b"icon")
    (home / "__pycache__").mkdir()
    (home / "__pycache__" / "old.pyc").write_bytes(b"code")
    (home / "manifest.json").write_text('{"version": "1.2.0"}', "utf-8")
    (tmp_path / "pyproject.toml").write_text('[project]\nversion = "1.2.0"\n', "utf-8")
    (tmp_path / "hacs.json").write_text('{"name": "Meters"}', "utf-8")
    return tmp_path


def git(root: Path, *arguments: str) -> None:
    """Run git in a folder."""
    program = shutil.which("git")
    assert program
    subprocess.run(  # noqa: S603 - fixed words
        [program, *arguments],
        cwd=root,
        check=True,
        capture_output=True,
        env={**os.environ, **PERSON},
    )


@pytest.mark.parametrize("tag", ["1.2.0", "v1.2.0"])
def test_release_of_the_version_passes(root: Path, tag: str) -> None:
    """Manifest, project and tag agree."""
    assert main(["check", tag], root) == 0


@pytest.mark.parametrize(
    ("path", "text"),
    [
        (f"custom_components/{DOMAIN}/manifest.json", '{"version": "1.1.0"}'),
        ("pyproject.toml", '[project]\nversion = "1.1.0"\n'),
    ],
)
def test_release_with_another_version_fails(
    root: Path, path: str, text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """The message names the file that lags behind."""
    (root / path).write_text(text, "utf-8")
    assert main(["check", "1.2.0"], root) == 1
    assert Path(path).name in capsys.readouterr().err


@pytest.mark.parametrize("tag", ["1.3.0", "latest", "1.2", "", "vv1.2.0"])
def test_release_with_another_tag_fails(root: Path, tag: str) -> None:
    """Home Assistant takes the tag for the version."""
    assert main(["check", tag], root) == 1


def test_notes_are_the_commits_since_the_tag_before(root: Path) -> None:
    """The first release has all of them; merges tell nothing."""
    git(root, "init", "--quiet", "--initial-branch=main")
    for subject, tag in (
        ("Read the site", "1.0.0"),
        ("Read the battery", None),
        ('Say "unknown"', "1.1.0"),
        ("Not released", None),
    ):
        git(root, "commit", "--quiet", "--allow-empty", "--message", subject)
        if tag:
            git(root, "tag", tag)
    assert notes(root, "1.0.0") == "- Read the site"
    assert notes(root, "1.1.0") == '- Read the battery\n- Say "unknown"'


def test_zip_is_written_only_if_hacs_wants_it(root: Path, tmp_path: Path) -> None:
    """The files are in the root of the zip, as HACS unpacks it into the folder."""
    assert write_zip(root, tmp_path) is None
    hacs = {"name": "Meters", "zip_release": True, "filename": "meters.zip"}
    (root / "hacs.json").write_text(json.dumps(hacs), "utf-8")
    path = write_zip(root, tmp_path)
    assert path == tmp_path / "meters.zip"
    with ZipFile(path) as archive:
        assert archive.namelist() == ["brand/icon.png", "manifest.json"]


def test_repository_could_be_released_now() -> None:
    """The versions of the repository agree."""
    assert main(["check", versions(ROOT)["manifest.json"]], ROOT) == 0


def test_unknown_command_shows_help(capsys: pytest.CaptureFixture[str]) -> None:
    """A mistyped command does nothing."""
    assert main(["publish"], ROOT) == 2
    assert "notes TAG" in capsys.readouterr().err
