"""The files of a repository, as the rules read them."""

import ast
from collections.abc import Callable, Iterator
from functools import cache, cached_property
import json
from pathlib import Path
from typing import Any

import homeassistant.const
import yaml

type Complaints = Iterator[str]
type Rule = Callable[["Repository"], Complaints]


def load_json(path: Path) -> Any:
    """Read a JSON file; a key that is there twice is an error."""
    return json.loads(path.read_text("utf-8"), object_pairs_hook=_unique)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    keys = [key for key, _ in pairs]
    if twice := sorted({key for key in keys if keys.count(key) > 1}):
        raise ValueError(f"keys that are there twice: {twice}")
    return dict(pairs)


def texts(node: object, path: str = "") -> Iterator[tuple[str, str]]:
    """Yield the texts of a translation, each after its path of keys."""
    if isinstance(node, dict):
        for key, value in node.items():
            yield from texts(value, f"{path}.{key}" if path else key)
    else:
        yield path, node if isinstance(node, str) else ""


class Integration:
    """A folder with a manifest."""

    def __init__(self, path: Path) -> None:
        """Read the integration in a folder."""
        self.path = path

    @property
    def name(self) -> str:
        """Return the name of the folder."""
        return self.path.name

    def json(self, name: str) -> Any:
        """Return the content of a JSON file, {} if there is none."""
        path = self.path / name
        return load_json(path) if path.is_file() else {}

    def yaml(self, name: str) -> Any:
        """Return the content of a YAML file, {} if there is none."""
        path = self.path / name
        return yaml.safe_load(path.read_bytes()) or {} if path.is_file() else {}

    @cached_property
    def manifest(self) -> dict[str, Any]:
        """Return the manifest."""
        return self.json("manifest.json")

    @cached_property
    def english(self) -> dict[str, Any]:
        """Return the texts that all other languages follow."""
        return self.json("translations/en.json")

    @cached_property
    def modules(self) -> dict[str, ast.Module]:
        """Return the syntax trees of the code by their path in the folder."""
        return {
            path.relative_to(self.path).as_posix(): _parsed(path.read_text("utf-8"))
            for path in sorted(self.path.rglob("*.py"))
        }

    def nodes[Node: ast.AST](self, kind: type[Node]) -> Iterator[Node]:
        """Yield all nodes of a kind in the code."""
        for tree in self.modules.values():
            yield from (node for node in ast.walk(tree) if isinstance(node, kind))

    @cached_property
    def constants(self) -> dict[str, Any]:
        """Return the texts that the code has names for, its own and Home Assistant's."""
        own = {
            target.id: node.value.value
            for kind in (ast.Assign, ast.AnnAssign)
            for node in self.nodes(kind)
            if isinstance(node.value, ast.Constant)
            for target in getattr(node, "targets", [getattr(node, "target", None)])
            if isinstance(target, ast.Name)
        }
        return vars(homeassistant.const) | own

    def text(self, node: ast.expr) -> str | None:
        """Return the text that an expression stands for, None for any other."""
        if isinstance(node, ast.Name):
            value = self.constants.get(node.id)
        else:
            value = node.value if isinstance(node, ast.Constant) else None
        return value if isinstance(value, str) else None


class Repository:
    """A repository by its root folder."""

    def __init__(self, root: Path) -> None:
        """Read the repository in a folder."""
        self.root = root

    @cached_property
    def integrations(self) -> list[Integration]:
        """Return all folders with a manifest: that for users, and the demo's."""
        return [
            Integration(path.parent)
            for place in ("custom_components", "dev/demo/components")
            for path in sorted((self.root / place).glob("*/manifest.json"))
        ]

    @cached_property
    def integration(self) -> Integration:
        """Return the integration for users."""
        folders = sorted((self.root / "custom_components").glob("*/"))
        return Integration(next(each for each in folders if each.name != "__pycache__"))

    @cached_property
    def hacs(self) -> dict[str, Any]:
        """Return the file that HACS reads."""
        return load_json(self.root / "hacs.json")

    def name_of(self, path: Path) -> str:
        """Return the path of a file in the repository."""
        return path.relative_to(self.root).as_posix()


@cache
def _parsed(text: str) -> ast.Module:
    return ast.parse(text)
