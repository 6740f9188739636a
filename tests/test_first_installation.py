"""A Home Assistant 2026.11 that never saw the project installs, uses and removes it."""

from pathlib import Path
import subprocess

import pytest

ROOT = Path(__file__).parent.parent
PYTHON = ROOT / ".envs" / "demo" / "bin" / "python"
LANGUAGES = sorted(
    path.stem
    for path in (ROOT / "custom_components/tesla_gateway_meters/translations").iterdir()
)


@pytest.fixture(scope="module", name="output")
def output_fixture(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return what the program says that goes through all of it, in every language."""
    if not PYTHON.exists():
        pytest.skip("the demo's environment is not there: scripts/setup demo")
    folder = tmp_path_factory.mktemp("first") / "installation"
    done = subprocess.run(  # noqa: S603 - fixed words
        [PYTHON, "-m", "demo.first_installation", folder, *LANGUAGES],
        check=False,
        capture_output=True,
        cwd=tmp_path_factory.getbasetemp(),
        text=True,
    )
    return f"{done.stdout}{done.stderr}exit code {done.returncode}"


@pytest.mark.parametrize("language", LANGUAGES)
def test_names_are_those_of_the_language(output: str, language: str) -> None:
    """The gateway is added, every entity has its name, and its removal leaves nothing."""
    assert f"{language}: fine" in output, output


def test_nothing_remains_after_removal(output: str) -> None:
    """No file in `.storage` is or names the integration's."""
    assert output.endswith("exit code 0"), output
