"""Tests that each rule finds its mistake, in a copy of the repository with one."""

from collections.abc import Callable
from dataclasses import dataclass
import json
import os
from pathlib import Path
import re
import shutil
import struct
import subprocess
import sys
from typing import Any

import pytest

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
from .tree import Repository, Rule

ROOT = Path(__file__).parents[2]
DOMAIN = "tesla_gateway_meters"
OURS = Path("custom_components") / DOMAIN
DEMO = Path("dev/demo/components/demo_past")
BLUEPRINT = Path("blueprints/automation") / DOMAIN / "switch_load.yaml"
NOT_COPIED = shutil.ignore_patterns(".*cache*", ".envs", ".git", "__pycache__", ".demo")
OPTIONS = ("-p", "no:cacheprovider", "-q")
TRANSLATIONS = "tests/test_translations.py"

type Break = Callable[[Path], None]


@dataclass(frozen=True, slots=True)
class Mistake:
    """A mistake, and the rule that has to find it."""

    name: str
    rule: Rule
    breaks: Break
    complaint: str


def _write(path: Path, text: str) -> None:
    """Write a file anew, as the copies share the old one."""
    path.unlink()
    path.write_text(text, "utf-8")


def _json(path: str | Path, change: Callable[[Any], None]) -> Break:
    def breaks(root: Path) -> None:
        content = json.loads((root / path).read_text("utf-8"))
        change(content)
        _write(root / path, json.dumps(content, indent=2))

    return breaks


def _text(path: str | Path, old: str, new: str) -> Break:
    def breaks(root: Path) -> None:
        text = (root / path).read_text("utf-8")
        assert old in text
        _write(root / path, text.replace(old, new, 1))

    return breaks


def _pattern(path: str | Path, pattern: str, new: str) -> Break:
    def breaks(root: Path) -> None:
        text, count = re.subn(pattern, new, (root / path).read_text("utf-8"), count=1)
        assert count == 1
        _write(root / path, text)

    return breaks


def _manifest(**values: Any) -> Break:
    """Set keys of the manifest where they belong; None removes one."""

    def change(content: dict[str, Any]) -> None:
        merged = {**content, **values}
        content.clear()
        first = {key: merged.pop(key) for key in ("domain", "name")}
        rest = {key: merged[key] for key in sorted(merged) if merged[key] is not None}
        content.update(first | rest)

    return _json(OURS / "manifest.json", change)


def _set(path: str | Path, keys: str, value: object) -> Break:
    """Set what dotted keys lead to."""

    def change(content: dict[str, Any]) -> None:
        *above, last = keys.split(".")
        for key in above:
            content = content.setdefault(key, {})
        content[last] = value

    return _json(path, change)


def _language(code: str, change: Callable[[Any], None]) -> Break:
    """Add a translation that differs from English in one thing."""

    def breaks(root: Path) -> None:
        folder = root / OURS / "translations"
        content = json.loads((folder / "en.json").read_text("utf-8"))
        change(content)
        (folder / f"{code}.json").write_text(json.dumps(content), "utf-8")

    return breaks


def _remove(path: str | Path) -> Break:
    return lambda root: (root / path).unlink()


def _small_icon(root: Path) -> None:
    path = root / OURS / "brand" / "icon.png"
    content = bytearray(path.read_bytes())
    content[16:24] = struct.pack(">II", 128, 128)
    path.unlink()
    path.write_bytes(content)


def _unsorted(content: dict[str, Any]) -> None:
    content["after_dependencies"] = content.pop("after_dependencies")


EN = OURS / "translations" / "en.json"
ICONS = OURS / "icons.json"
ACTIONS = OURS / "services.yaml"
WORKFLOW = ".github/workflows/test.yml"
QUALITY = OURS / "quality_scale.yaml"
# fmt: off
MISTAKES = (
    Mistake("a key twice", manifest.files_are_readable, _text(OURS / "manifest.json", '"version"', '"version": "1.0.0",\n  "version"'), "version"),
    Mistake("a comma too many", manifest.files_are_readable, _text(EN, "}", ",}"), "en.json"),
    Mistake("unsorted keys", manifest.manifest_order, _json(OURS / "manifest.json", _unsorted), "not sorted"),
    Mistake("unknown key", manifest.manifest_schema, _manifest(homepage="https://example.com"), "homepage"),
    Mistake("no version", manifest.manifest_schema, _manifest(version=None), "version"),
    Mistake("no such version", manifest.manifest_schema, _manifest(version="next"), "version"),
    Mistake("no IoT class", manifest.manifest_schema, _manifest(iot_class=None), "iot_class"),
    Mistake("unknown type", manifest.manifest_schema, _manifest(integration_type="gateway"), "integration_type"),
    Mistake("page of Home Assistant", manifest.manifest_schema, _manifest(documentation=f"https://www.home-assistant.io/integrations/{DOMAIN}"), "own integrations"),
    Mistake("owner without @", manifest.manifest_schema, _manifest(codeowners=["owner"]), "codeowners"),
    Mistake("matcher in capitals", manifest.manifest_schema, _manifest(dhcp=[{"hostname": "TeslaPW_*"}]), "lower case"),
    Mistake("unknown category", manifest.manifest_taxonomy, _manifest(categories=["energy.meter"]), "energy.meter"),
    Mistake("other domain", manifest.manifest_domain, _manifest(domain="tesla_meters"), "tesla_meters"),
    Mistake("unknown dependency", manifest.manifest_dependencies, _manifest(dependencies=["powerwal"]), "powerwal"),
    Mistake("unpinned requirement", manifest.manifest_dependencies, _manifest(requirements=["some-library>=1"]), "pinned"),
    Mistake("what Home Assistant brings", manifest.manifest_dependencies, _manifest(requirements=["aiohttp==3.14.5"]), "brings"),
    Mistake("version behind the project's", manifest.manifest_version, _manifest(version="0.0.9"), "0.0.9"),
    Mistake("demo without a version", manifest.manifest_schema, _json(DEMO / "manifest.json", lambda content: content.pop("version")), "demo_past"),
    Mistake("demo's undeclared import", source.imported_integrations, _json(DEMO / "manifest.json", lambda content: content.update(dependencies=["websocket_api"])), "recorder"),
    Mistake("undeclared import", source.imported_integrations, _manifest(after_dependencies=["energy"]), "recorder"),
    Mistake("package that nothing installs", source.imported_packages, _text(OURS / "probe.py", "\nfrom ", "\nimport httpx\nfrom "), "httpx"),
    Mistake("config flow not declared", source.config_flow, _manifest(config_flow=None), "config_flow"),
    Mistake("discovery without a step", source.config_flow, _manifest(zeroconf=["_tesla._tcp.local."]), "zeroconf"),
    Mistake("no schema", source.config_schema, _text(OURS / "__init__.py", "CONFIG_SCHEMA", "SCHEMA"), "CONFIG_SCHEMA"),
    Mistake("actions without their file", source.registered_actions, _remove(ACTIONS), "services.yaml"),
    Mistake("platform without a limit", source.parallel_updates, _text(OURS / "sensor.py", "PARALLEL_UPDATES", "UPDATES"), "sensor.py"),
    Mistake("English error", source.translated_exceptions, _text(OURS / "services.py", 'translation_domain=DOMAIN, translation_key="energy_not_set_up"', '"The energy dashboard is not set up"'), "ServiceValidationError"),
    Mistake("URL in a text", translations.translation_texts, _set(EN, "exceptions.cannot_connect.message", "See https://example.com."), "a URL"),
    Mistake("HTML in a text", translations.translation_texts, _set(EN, "exceptions.cannot_connect.message", "It is <b>off</b>."), "HTML"),
    Mistake("quoted placeholder", translations.translation_texts, _set(EN, "config.step.reauth_confirm.description", "At '{host}'."), "a quote"),
    Mistake("space at an end", translations.translation_texts, _set(EN, "device.site.name", "Site "), "a space"),
    Mistake("key with capitals", translations.translation_texts, _set(EN, "exceptions.cannotConnect.message", "No."), "cannotConnect"),
    Mistake("core's reference", translations.translation_texts, _set(EN, "config.step.user.data.host", "[%key:common::config_flow::data::host%]"), "reference"),
    Mistake("unknown section", translations.translation_schema, _set(EN, "sensor.site.name", "Site"), "sensor"),
    Mistake("description and fix flow", translations.translation_schema, _set(EN, "issues.ct_changed.description", "It has changed."), "ct_changed"),
    Mistake("issue without a title", translations.translation_schema, _json(EN, lambda content: content["issues"]["dead_phase"].pop("title")), "dead_phase"),
    Mistake("action without a description", translations.translation_schema, _json(EN, lambda content: content["services"]["add_to_energy_dashboard"].pop("description")), "description"),
    Mistake("strings.json", translations.translation_files, lambda root: (root / OURS / "strings.json").write_text("{}", "utf-8"), "strings.json"),
    Mistake("no such language", translations.translation_files, _language("german", lambda _: None), "german"),
    Mistake("description without a field", translations.described_fields, _set(EN, "config.step.user.data_description.port", "The port."), "port"),
    Mistake("key missing in a language", translations.languages, _language("de", lambda content: content["device"].pop("site")), "device.site.name"),
    Mistake("stray key in a language", translations.languages, _language("ja", lambda content: content["device"].update(house={"name": "家"})), "device.house.name"),
    Mistake("translated placeholder", translations.languages, _language("sv", lambda content: content["config"].update(flow_title="{värd}")), "flow_title"),
    Mistake("placeholder lost in a language", translations.languages, _language("fr", lambda content: content["issues"]["dead_phase"].update(title="Pas de tension")), "dead_phase.title"),
    Mistake("apostrophe at a placeholder", translations.translation_texts, _language("it", lambda content: content["config"].update(flow_title="l'{host}")), "a quote"),
    Mistake("placeholder that nothing gives", translations.given_placeholders, _set(EN, "exceptions.cannot_connect.message", "{gateway_title} does not answer."), "gateway_title"),
    Mistake("placeholder of another text", translations.given_placeholders, _set(EN, "exceptions.cannot_connect.message", "{name} does not answer."), "cannot_connect"),
    Mistake("icon of another set", icons.icon_values, _set(ICONS, "entity.sensor.firmware.default", "fa:chip"), "fa:chip"),
    Mistake("no default icon", icons.icon_values, _set(ICONS, "entity.sensor.grid_status", {"state": {"islanded": "mdi:lan-disconnect"}}), "default"),
    Mistake("a state like the default", icons.icon_values, _set(ICONS, "entity.sensor.grid_status.state.islanded", "mdi:transmission-tower"), "same icon"),
    Mistake("icon of no entity", icons.icon_names, _set(ICONS, "entity.sensor.firmwares.default", "mdi:chip"), "firmwares"),
    Mistake("icon of no state", icons.icon_names, _set(ICONS, "entity.sensor.grid_status.state.island", "mdi:lan-disconnect"), "island"),
    Mistake("unknown selector", actions.action_schema, _text(ACTIONS, "boolean:", "toggle:"), "toggle"),
    Mistake("unknown key of a field", actions.action_schema, _text(ACTIONS, "default: false", "initial: false"), "initial"),
    Mistake("default of another kind", actions.action_fields, _pattern(ACTIONS, r"\n( +)boolean:", r"\n\1select:\n\1  options: [a, b]"), "dry_run"),
    Mistake("entry of no integration", actions.action_fields, _text(ACTIONS, f"integration: {DOMAIN}", "integration: tesla_gateway"), "tesla_gateway"),
    Mistake("action that is not registered", actions.action_code, _text(ACTIONS, "add_to_energy_dashboard:", "add_to_energy:"), "add_to_energy"),
    Mistake("field that no schema has", actions.action_code, _text(ACTIONS, "dry_run:", "test_run:"), "test_run"),
    Mistake("field without texts", actions.action_texts, _json(EN, lambda content: content["services"]["add_to_energy_dashboard"]["fields"].pop("dry_run")), "dry_run"),
    Mistake("action without an icon", actions.action_texts, _json(ICONS, lambda content: content["services"].pop("add_to_energy_dashboard")), "icon"),
    Mistake("unknown key of HACS", hacs.hacs_manifest, _set("hacs.json", "domains", ["sensor"]), "domains"),
    Mistake("zip without a name", hacs.hacs_manifest, _set("hacs.json", "zip_release", True), "filename"),
    Mistake("no such release", hacs.hacs_manifest, _set("hacs.json", "homeassistant", "2026.10"), "homeassistant"),
    Mistake("no issue tracker", hacs.hacs_integration, _manifest(issue_tracker=None), "issue_tracker"),
    Mistake("no licence", hacs.hacs_files, _remove("LICENSE"), "LICENSE"),
    Mistake("another licence", hacs.hacs_files, lambda root: _write(root / "LICENSE", "All rights reserved."), "MIT"),
    Mistake("a second integration", hacs.hacs_files, lambda root: shutil.copytree(root / DEMO, root / "custom_components/demo_past") and None, "demo_past"),
    Mistake("small icon", hacs.brand, _small_icon, "icon.png is 128"),
    Mistake("missing icon", hacs.brand, _remove(OURS / "brand/icon.png"), "icon.png is missing"),
    Mistake("picture that is never served", hacs.brand, lambda root: (root / OURS / "brand/icon.png").rename(root / OURS / "brand/icon.svg") and None, "icon.svg"),
    Mistake("unknown selector in a blueprint", blueprints.blueprint_schema, _text(BLUEPRINT, "entity:", "entitys:"), "entitys"),
    Mistake("filter for no integration", blueprints.blueprint_filters, _pattern(BLUEPRINT, r"\n( +)entity:\n", r"\n\1entity:\n\1  integration: tesla_gateway\n"), "tesla_gateway"),
    Mistake("undefined input", blueprints.blueprint_schema, _text(BLUEPRINT, "!input ", "!input no_"), "no_"),
    Mistake("oldest release of a blueprint", blueprints.blueprint_source, _text(BLUEPRINT, "2026.10.0", "2026.11.0"), "min_version"),
    Mistake("source of a blueprint", blueprints.blueprint_source, _text(BLUEPRINT, "/blob/main/", "/blob/master/"), "source_url"),
    Mistake("missing rule", quality.quality_scale, _text(QUALITY, "  brands: done\n", ""), "brands"),
    Mistake("exempt without a reason", quality.quality_scale, _text(QUALITY, "brands: done", "brands: exempt"), "brands"),
    Mistake("proof that does not exist", quality.quality_proofs, _text("docs/quality-scale.md", "| `tests/", "| `test/"), "there is no test/"),
    Mistake("action by its tag", workflows.actions_are_pinned, _text(WORKFLOW, "actions/checkout@", "actions/checkout@v6 # "), "checkout"),
    Mistake("job without a limit", workflows.workflows_are_limited, _text(WORKFLOW, "timeout-minutes: ", "max-parallel: "), "limit"),
    Mistake("no validation by HACS", workflows.validation, _text(".github/workflows/validate.yml", "hacs/action@main", "actions/hacs@main"), "hacs/action"),
    Mistake("locks that grow old", workflows.updates, _text(".github/dependabot.yml", "package-ecosystem: pip", "package-ecosystem: npm"), "pip"),
    Mistake("link to no heading", links.links_resolve, _text("CONTRIBUTING.md", "(docs/privacy.md)", "(docs/privacy.md#nothing)"), "#nothing"),
    Mistake("link to no file", links.links_resolve, _text("README.md", "(docs/", "(doc/"), "no file"),
)
# fmt: on


@pytest.fixture(scope="module", name="whole")
def whole_fixture(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of the repository's files, made once."""
    whole = tmp_path_factory.mktemp("whole")
    for path in ROOT.iterdir():
        if path.is_dir() and (path.name == ".github" or path.name[0] != "."):
            shutil.copytree(path, whole / path.name, ignore=NOT_COPIED)
        elif path.is_file() and path.name != ".git":
            shutil.copy(path, whole)
    return whole


@pytest.fixture(name="root")
def root_fixture(whole: Path, tmp_path: Path) -> Path:
    """Return a tree of links to the copied files."""
    return shutil.copytree(whole, tmp_path / "root", copy_function=os.link)


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake.name)
def test_mistake_is_found(root: Path, mistake: Mistake) -> None:
    """The rule that is meant has a complaint; that it has none otherwise is tested too."""
    if mistake.rule is manifest.manifest_taxonomy and not manifest.has_taxonomy():
        pytest.skip("the categories of 2026.11 come with the demo: scripts/setup demo")
    mistake.breaks(root)
    complaints = list(mistake.rule(Repository(root)))
    assert any(mistake.complaint in each for each in complaints), complaints


@pytest.mark.parametrize(
    ("breaks", "test"),
    [
        pytest.param(
            _json(ICONS, lambda icons: icons["entity"]["sensor"].pop("firmware")),
            "test_entities_without_a_device_class_have_icons",
            id="name without an icon",
        ),
        pytest.param(
            _text(OURS / "services.py", '"energy_not_set_up"', '"energy_missing"'),
            "test_exceptions_have_all_messages_and_no_others",
            id="mistyped key in the code",
        ),
        pytest.param(
            _set(EN, "issues.phase_missing", {"title": "No", "description": "No."}),
            "test_issues_have_all_texts_and_no_others",
            id="text that nothing uses",
        ),
        pytest.param(
            _json(EN, lambda texts: texts["entity"]["sensor"].pop("solar_surplus")),
            "test_entities_have_all_names_and_no_others",
            id="name missing",
        ),
    ],
)
def test_mistake_against_the_code_is_found(
    root: Path, breaks: Break, test: str
) -> None:
    """Texts and icons are compared with what the code builds, in a process of its own."""
    breaks(root)
    done = subprocess.run(  # noqa: S603 - fixed words
        [sys.executable, "-m", "pytest", *OPTIONS, "-k", test, TRANSLATIONS],
        cwd=root,
        env={
            **os.environ,
            "PYTHONPATH": os.pathsep.join((str(root), str(root / "dev"))),
        },
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1, done.stdout + done.stderr
    assert f"FAILED {TRANSLATIONS}::{test}" in done.stdout
