"""What Home Assistant, HACS and a stranger's machine ask of the repository's files."""

from collections.abc import Iterator
import json
from pathlib import Path
import re
import shutil
import struct
import subprocess
import tomllib
from typing import Any

import homeassistant.components
import pytest
import yaml

ROOT = Path(__file__).parent.parent
DOMAIN = "tesla_gateway_meters"
INTEGRATION = ROOT / "custom_components" / DOMAIN

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


def load_json(path: Path) -> dict[str, Any]:
    """Read a JSON file of the repository."""
    return json.loads(path.read_text(encoding="utf-8"))


def tracked_files() -> list[Path]:
    """List the files that a clone of the repository gets."""
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


def texts(node: object, path: str = "") -> Iterator[tuple[str, str]]:
    """Walk the translations: where a text stands, and the text."""
    if isinstance(node, dict):
        for key, value in node.items():
            yield from texts(value, f"{path}.{key}" if path else key)
    else:
        assert isinstance(node, str), f"{path} is no text"
        yield path, node


@pytest.fixture(scope="module", name="english")
def english_fixture() -> dict[str, Any]:
    """Give the texts that all other languages follow."""
    return load_json(INTEGRATION / "translations" / "en.json")


@pytest.fixture(scope="module", name="icons")
def icons_fixture() -> dict[str, Any]:
    """Give the icons."""
    return load_json(INTEGRATION / "icons.json")


@pytest.fixture(scope="module", name="manifest")
def manifest_fixture() -> dict[str, Any]:
    """Give the manifest."""
    return load_json(INTEGRATION / "manifest.json")


def test_manifest_keys_are_sorted(manifest: dict[str, Any]) -> None:
    """Hassfest wants domain and name first, and the rest by the alphabet."""
    keys = list(manifest)
    assert keys == ["domain", "name", *sorted(set(keys) - {"domain", "name"})]


def test_manifest_says_what_home_assistant_and_hacs_require(
    manifest: dict[str, Any],
) -> None:
    """Without one of these keys hassfest, HACS or the loader refuses the integration."""
    required = {
        "domain",
        "name",
        "codeowners",
        "config_flow",
        "documentation",
        "integration_type",
        "iot_class",
        "issue_tracker",
        "version",
    }
    assert required <= set(manifest)
    assert manifest["domain"] == INTEGRATION.name
    assert manifest["iot_class"] == "local_polling"
    assert manifest["codeowners"]
    assert all(owner.startswith("@") for owner in manifest["codeowners"])
    assert manifest["documentation"].startswith("https://")
    assert manifest["issue_tracker"].startswith("https://")


def test_manifest_has_the_version_of_the_project(manifest: dict[str, Any]) -> None:
    """A release is named by the manifest: the project's own version must not lag behind."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))[
        "project"
    ]
    assert manifest["version"] == project["version"]


def test_translation_keys(english: dict[str, Any]) -> None:
    """Hassfest takes lower case letters, digits, dashes and underscores."""
    wrong = [
        path
        for path, _ in texts(english)
        if not all(re.fullmatch(r"[a-z0-9_-]+", key) for key in path.split("."))
    ]
    assert not wrong


@pytest.mark.parametrize(
    "pattern",
    [
        pytest.param(r"<[/a-zA-Z]", id="HTML"),
        pytest.param(r"://|\bwww\.", id="URL"),
        pytest.param(r"'\{[^}]*\}'", id="single-quoted placeholder"),
        pytest.param(r"^\s|\s$", id="space at an end"),
        pytest.param(r"^$", id="empty"),
        pytest.param(r"\[%key:", id="reference that only core's build resolves"),
        pytest.param(
            r"\{(?![a-z_][a-z0-9_]*\})[^}]*\}", id="placeholder that is no identifier"
        ),
    ],
)
def test_texts_have_nothing_that_hassfest_refuses(
    english: dict[str, Any], pattern: str
) -> None:
    """Texts are shown by frontends and apps that know placeholders and Markdown, no more."""
    assert not [
        (path, text) for path, text in texts(english) if re.search(pattern, text)
    ]


def test_described_fields_exist(english: dict[str, Any]) -> None:
    """A description without its field is never shown, so it is a mistyped key."""

    def check(step: dict[str, Any], path: str) -> None:
        stray = set(step.get("data_description", {})) - set(step.get("data", {}))
        assert not stray, f"{path}: {stray}"
        for name, section in step.get("sections", {}).items():
            check(section, f"{path}.{name}")

    for flow in ("config", "options"):
        for name, step in english.get(flow, {}).get("step", {}).items():
            check(step, f"{flow}.{name}")


def test_every_field_of_the_config_flow_is_described(english: dict[str, Any]) -> None:
    """The quality scale asks for it: a label alone does not say where to find a password."""
    for name, step in english["config"]["step"].items():
        assert set(step.get("data", {})) == set(step.get("data_description", {})), name


def test_issues_have_a_description_or_a_fix_flow(english: dict[str, Any]) -> None:
    """Hassfest wants one of them, and never both."""
    for name, issue in english.get("issues", {}).items():
        assert issue["title"], name
        assert ("description" in issue) != ("fix_flow" in issue), name


def test_icons_belong_to_named_entities(
    icons: dict[str, Any], english: dict[str, Any]
) -> None:
    """An icon under a key that no entity has is never shown."""
    for platform, entities in icons["entity"].items():
        assert set(entities) <= set(english["entity"][platform]), platform


def test_icons_are_material_design_icons(icons: dict[str, Any]) -> None:
    """No other set is part of Home Assistant; a state's icon is there to be told apart."""
    for platform, entities in icons["entity"].items():
        for name, icon in entities.items():
            states = icon.get("state", {})
            for used in (icon["default"], *states.values()):
                assert re.fullmatch(r"mdi:[a-z0-9-]+", used), (
                    f"{platform}.{name}: {used}"
                )
            assert icon["default"] not in states.values(), f"{platform}.{name}"


def test_state_icons_belong_to_named_states(
    icons: dict[str, Any], english: dict[str, Any]
) -> None:
    """An enum's states are all translated, so an icon for another one is a mistyped key."""
    for platform, entities in icons["entity"].items():
        for name, icon in entities.items():
            if named := english["entity"][platform][name].get("state"):
                assert set(icon.get("state", {})) <= set(named), f"{platform}.{name}"


def test_actions_have_texts_and_icons(
    icons: dict[str, Any], english: dict[str, Any]
) -> None:
    """Hassfest wants a name and a description of each action and field, and an icon."""
    actions = yaml.safe_load((INTEGRATION / "services.yaml").read_bytes())
    assert set(actions) == set(english["services"]) == set(icons["services"])
    for name, action in actions.items():
        texts = english["services"][name]
        assert set(texts) == {"name", "description", "fields"}, name
        assert set(texts["fields"]) == set(action["fields"]), name
        for field in texts["fields"].values():
            assert set(field) == {"name", "description"}, name
        assert re.fullmatch(r"mdi:[a-z0-9-]+", icons["services"][name]["service"]), name


def test_hacs_manifest() -> None:
    """HACS refuses a key that it does not know."""
    hacs = load_json(ROOT / "hacs.json")
    known = {
        "content_in_root",
        "country",
        "filename",
        "hacs",
        "hide_default_branch",
        "homeassistant",
        "name",
        "persistent_directory",
        "render_readme",
        "zip_release",
    }
    assert set(hacs) <= known
    assert hacs["name"] == load_json(INTEGRATION / "manifest.json")["name"]
    assert hacs["homeassistant"] == "2026.10.0"
    assert ("filename" in hacs) == hacs.get("zip_release", False)


def png_size(path: Path) -> tuple[int, int]:
    """Read width and height from a PNG's header."""
    header = path.read_bytes()[:24]
    assert header.startswith(b"\x89PNG\r\n\x1a\n"), f"{path.name} is no PNG"
    width, height = struct.unpack(">II", header[16:24])
    return width, height


@pytest.mark.parametrize("prefix", ["", "dark_"])
@pytest.mark.parametrize(("suffix", "scale"), [("", 1), ("@2x", 2)])
def test_brand_pictures(prefix: str, suffix: str, scale: int) -> None:
    """Home Assistant serves these names alone, and scales them as if they had these sizes."""
    icon = INTEGRATION / "brand" / f"{prefix}icon{suffix}.png"
    logo = INTEGRATION / "brand" / f"{prefix}logo{suffix}.png"
    assert png_size(icon) == (256 * scale, 256 * scale)
    assert 128 * scale <= min(png_size(logo)) <= 256 * scale
    for picture in (icon, logo):
        content = picture.read_bytes()
        assert len(content) < 40_000, f"{picture.name} is not optimised"
        # Colour types 4 and 6 have an alpha channel; the others need a chunk for it.
        assert content[25] in (4, 6) or b"tRNS" in content, (
            f"{picture.name} is not transparent"
        )


def test_brand_pictures_have_their_double_size() -> None:
    """Twice the size means twice exactly: otherwise a dense screen shows another picture."""
    for picture in (INTEGRATION / "brand").glob("*.png"):
        if "@2x" not in picture.name:
            width, height = png_size(picture)
            twice = picture.with_stem(f"{picture.stem}@2x")
            assert png_size(twice) == (2 * width, 2 * height), picture.name


def test_quality_scale_has_every_rule() -> None:
    """The rules are those that Home Assistant's own integrations answer to."""
    [components] = homeassistant.components.__path__
    core = yaml.safe_load(
        (Path(components) / "peblar" / "quality_scale.yaml").read_bytes()
    )
    ours = yaml.safe_load((INTEGRATION / "quality_scale.yaml").read_bytes())
    assert set(ours["rules"]) == set(core["rules"])
    assert len(ours["rules"]) == 54


def test_quality_scale_exempts_nothing_without_a_reason() -> None:
    """A rule is done, still to do, or does not apply for a reason that is written down."""
    rules = yaml.safe_load((INTEGRATION / "quality_scale.yaml").read_bytes())["rules"]
    for name, rule in rules.items():
        status = rule["status"] if isinstance(rule, dict) else rule
        assert status in ("done", "todo", "exempt"), name
        if status == "exempt":
            assert isinstance(rule, dict), name
            assert rule["comment"].strip(), name


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
