"""Rules of HACS for a repository."""

import re
import struct

from homeassistant.generated.countries import COUNTRIES
import voluptuous as vol

from .tree import Complaints, Repository

BRAND = {
    f"{prefix}{kind}{suffix}.png"
    for prefix in ("", "dark_")
    for kind in ("icon", "logo")
    for suffix in ("", "@2x")
}
MOST_BYTES = 40_000

# Its first sentence, by which the licence is recognised.
LICENCE = re.compile(r"Permission is hereby granted, free of charge, to any person")

_COUNTRY = vol.In(COUNTRIES)
_SCHEMA = vol.Schema(
    {
        vol.Required("name"): vol.All(str, vol.Length(min=1)),
        vol.Optional("content_in_root"): bool,
        vol.Optional("country"): vol.Any(_COUNTRY, [_COUNTRY]),
        vol.Optional("filename"): str,
        vol.Optional("hacs"): str,
        vol.Optional("hide_default_branch"): bool,
        vol.Optional("homeassistant"): vol.Match(r"^\d{4}\.(1[0-2]|[1-9])\.\d+$"),
        vol.Optional("persistent_directory"): str,
        vol.Optional("render_readme"): bool,
        vol.Optional("zip_release"): bool,
    }
)


def hacs_manifest(repository: Repository) -> Complaints:
    """Yield what HACS's closed schema of hacs.json refuses."""
    try:
        hacs = _SCHEMA(repository.hacs)
    except vol.MultipleInvalid as error:
        yield from (f"hacs.json: {each}" for each in error.errors)
        return
    if hacs.get("zip_release", False) != ("filename" in hacs):
        yield "hacs.json: zip_release and filename belong together"
    if hacs["name"] != repository.integration.manifest.get("name"):
        yield "hacs.json: the name is not the integration's"
    if hacs.get("content_in_root"):
        yield "hacs.json: the content is not in the root"


def hacs_files(repository: Repository) -> Complaints:
    """Yield missing files, and a second integration, which HACS would not install."""
    for name in ("README.md", "LICENSE", "hacs.json"):
        path = repository.root / name
        if not path.is_file() or not path.read_text("utf-8").strip():
            yield f"there is no {name}"
    licence = repository.root / "LICENSE"
    if licence.is_file() and not LICENCE.search(licence.read_text("utf-8")):
        yield "LICENSE is no licence that HACS recognises as MIT"
    folders = [
        path.parent.name
        for path in (repository.root / "custom_components").glob("*/manifest.json")
    ]
    if len(folders) != 1:
        yield f"custom_components has not one integration but {sorted(folders)}"


def hacs_integration(repository: Repository) -> Complaints:
    """Yield keys of the manifest that HACS needs beyond those of Home Assistant."""
    manifest = repository.integration.manifest
    needed = [
        "codeowners",
        "documentation",
        "domain",
        "issue_tracker",
        "name",
        "version",
    ]
    for key in needed:
        if not manifest.get(key):
            yield f"HACS needs {key} in the manifest"
    tracker = str(manifest.get("issue_tracker"))
    if not re.fullmatch(r"https://github\.com/[\w.-]+/[\w.-]+/issues", tracker):
        yield f"{tracker} is no page of issues"


def brand(repository: Repository) -> Complaints:
    """Yield pictures that Home Assistant does not serve, or not in their size."""
    folder = repository.integration.path / "brand"
    names = {path.name for path in folder.glob("*")}
    yield from (f"brand/{name} is missing" for name in sorted(BRAND - names))
    yield from (f"brand/{name} is never served" for name in sorted(names - BRAND))
    sizes: dict[str, tuple[int, int]] = {}
    for name in sorted(BRAND & names):
        content = (folder / name).read_bytes()
        if not content.startswith(b"\x89PNG\r\n\x1a\n"):
            yield f"brand/{name} is no PNG"
            continue
        width, height = sizes[name] = struct.unpack(">II", content[16:24])
        scale = 2 if "@2x" in name else 1
        if "icon" in name and (width, height) != (256 * scale, 256 * scale):
            yield f"brand/{name} is {width} x {height}"
        if "logo" in name and not 128 * scale <= min(width, height) <= 256 * scale:
            yield f"brand/{name} is {width} x {height}"
        if len(content) > MOST_BYTES:
            yield f"brand/{name} is not optimised"
        # Colour types 4 and 6 have an alpha channel; the others need a chunk for it.
        if content[25] not in (4, 6) and b"tRNS" not in content:
            yield f"brand/{name} is not transparent"
    for name, (width, height) in sizes.items():
        twice = name.replace(".png", "@2x.png")
        if sizes.get(twice, (2 * width, 2 * height)) != (2 * width, 2 * height):
            yield f"brand/{twice} is not twice as large"


RULES = (hacs_manifest, hacs_files, hacs_integration, brand)
