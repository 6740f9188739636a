"""Check a release, and write its notes. Runs on Python 3.11 and later.

python -m release check TAG    fail unless manifest and pyproject.toml have the tag's version
python -m release notes TAG    print the notes: the commits since the tag before
python -m release zip FOLDER   write the zip that hacs.json asks for, print its path
"""

from collections.abc import Sequence
import json
from pathlib import Path
import re
import shutil
import subprocess
import sys
import tomllib
from zipfile import ZIP_DEFLATED, ZipFile

DOMAIN = "tesla_gateway_meters"


def integration(root: Path) -> Path:
    """Return the folder of the integration."""
    return root / "custom_components" / DOMAIN


def versions(root: Path) -> dict[str, str]:
    """Return the version that each file names."""
    manifest = json.loads((integration(root) / "manifest.json").read_text("utf-8"))
    project = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))
    return {
        "manifest.json": str(manifest["version"]),
        "pyproject.toml": str(project["project"]["version"]),
    }


def wrong_versions(root: Path, tag: str) -> list[str]:
    """Return a complaint for each version that is not the tag's, which may begin with v."""
    version = tag.removeprefix("v")
    complaints = [
        f"{name} has version {found}, the tag is {tag}"
        for name, found in versions(root).items()
        if found != version
    ]
    if not re.fullmatch(r"\d+\.\d+\.\d+(?:-?(?:a|b|rc|beta|alpha)\.?\d+)?", version):
        complaints.append(f"{tag} is no version")
    return complaints


def _git(root: Path, *arguments: str) -> str:
    git = shutil.which("git")
    if git is None:
        raise RuntimeError("git is not installed")
    done = subprocess.run(  # noqa: S603 - a tag and fixed words
        [git, *arguments], cwd=root, check=True, capture_output=True, text=True
    )
    return done.stdout.strip()


def notes(root: Path, tag: str) -> str:
    """Return the commits since the tag before as a list, the newest last."""
    commit = _git(root, "rev-parse", "--verify", f"refs/tags/{tag}^{{commit}}")
    others = _git(root, "tag", "--merged", commit, "--sort=creatordate").split()
    tags = [each for each in others if _commit(root, each) != commit]
    # Of tags that are equally old the one with the most commits is the latest.
    before = max(
        tags,
        key=lambda each: int(_git(root, "rev-list", "--count", f"refs/tags/{each}")),
        default=None,
    )
    commits = commit if before is None else f"refs/tags/{before}..{commit}"
    subjects = _git(root, "log", "--no-merges", "--reverse", "--format=%s", commits)
    return "\n".join(f"- {line}" for line in subjects.splitlines())


def _commit(root: Path, tag: str) -> str:
    return _git(root, "rev-parse", f"refs/tags/{tag}^{{commit}}")


def write_zip(root: Path, folder: Path) -> Path | None:
    """Write the integration's files as HACS expects them; None if it wants no zip."""
    hacs = json.loads((root / "hacs.json").read_text("utf-8"))
    if not hacs.get("zip_release"):
        return None
    path = folder / str(hacs["filename"])
    home = integration(root)
    with ZipFile(path, "w", ZIP_DEFLATED) as archive:
        for file in sorted(home.rglob("*")):
            if file.is_file() and "__pycache__" not in file.parts:
                archive.write(file, file.relative_to(home))
    return path


def main(arguments: Sequence[str], root: Path) -> int:
    """Run a command, and return its exit code."""
    match arguments:
        case ["check", tag]:
            complaints = wrong_versions(root, tag)
            sys.stderr.writelines(f"{each}\n" for each in complaints)
            return len(complaints) and 1
        case ["notes", tag]:
            sys.stdout.write(f"{notes(root, tag)}\n")
        case ["zip", folder]:
            if (path := write_zip(root, Path(folder))) is not None:
                sys.stdout.write(f"{path}\n")
        case _:
            sys.stderr.write(__doc__ or "")
            return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], Path(__file__).parents[2]))
