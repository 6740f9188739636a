"""The names of chargers' entities on the page about the car, compared with Home Assistant's own."""

import json
from pathlib import Path
import re

from homeassistant import components
import pytest

PAGE = Path(__file__).parents[2] / "docs" / "charge-car.md"
COMPONENTS = Path(components.__path__[0])
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in PAGE.read_text("utf-8").splitlines()
    if line.rstrip().endswith("| read |")
]
KINDS = ("number", "switch", "sensor")


def test_there_are_rows() -> None:
    """None is lost."""
    assert len(ROWS) >= 9


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[1].strip("`"))
def test_names_are_those_of_home_assistant(row: list[str]) -> None:
    """Each name in italics is that of an entity of its kind."""
    integration = row[1].strip("`")
    texts = COMPONENTS / integration / "translations" / "en.json"
    if not texts.exists():
        texts = COMPONENTS / integration / "strings.json"
    entities = json.loads(texts.read_text("utf-8")).get("entity", {})
    for kind, cell in zip(KINDS, row[2:5], strict=True):
        known = {each.get("name") for each in entities.get(kind, {}).values()}
        assert set(re.findall(r"\*([^*]+)\*", cell)) <= known
    if row[2].startswith("*"):
        assert (COMPONENTS / integration / "number.py").exists()
