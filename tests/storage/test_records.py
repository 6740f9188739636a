"""Tests of parsing stored records and settings, valid and invalid."""

from typing import Any

import pytest

from custom_components.tesla_gateway_meters.checks.ct_configuration import (
    CtFlag,
    CtSetting,
)
from custom_components.tesla_gateway_meters.storage.checked_store import read_records
from custom_components.tesla_gateway_meters.storage.ct_store import (
    as_stored,
    read_stored,
)
from custom_components.tesla_gateway_meters.storage.ct_texts_v1 import (
    keys_by_name,
    names_v1,
    settings_from_texts,
)

SITE_CT1 = CtSetting("a", "site", 1, CtFlag.VALID)


@pytest.mark.parametrize(
    ("record", "is_valid"),
    [
        ({"value": 5}, True),
        ({"value": -999_999_999_999_999}, True),
        ({"value": 1e15}, False),
        ({"value": -1e15}, False),
        ({"value": float("nan")}, False),
        ({"value": float("inf")}, False),
        ({"value": "text"}, True),
        ({"value": None}, True),
        ({"value": {"deep": [1, {"deeper": 5}]}}, True),
        ({"value": {"deep": [1, {"deeper": float("nan")}]}}, False),
        ({"value": [1e15, 1]}, False),
        ({"value": {"first": 1e15, "second": 1}}, False),
        ([5], False),
        (None, False),
        (5, False),
    ],
)
def test_record_with_an_absurd_number_is_invalid(record: Any, is_valid: bool) -> None:
    """The others stay, whatever one of them is."""
    stored = {"first": {"value": 1}, "record": record, "last": {"value": 2}}
    records, invalid = read_records(stored, lambda data: data)
    expected = {"first": {"value": 1}, "last": {"value": 2}}
    assert records == (expected | {"record": record} if is_valid else expected)
    assert invalid == ([] if is_valid else ["record"])


@pytest.mark.parametrize("error", [KeyError, TypeError, ValueError, OverflowError])
def test_record_that_cannot_be_parsed_is_invalid(error: type[Exception]) -> None:
    """Each way to fail is one."""

    def parse(data: Any) -> Any:
        if data["value"] == 2:
            raise error
        return data["value"]

    stored = {"a": {"value": 1}, "b": {"value": 2}, "c": {"value": 3}}
    assert read_records(stored, parse) == ({"a": 1, "c": 3}, ["b"])


def test_settings_are_read_as_they_were_stored() -> None:
    """In the same order, whatever their order was."""
    settings = {
        CtSetting("b", "", 2, CtFlag.VOLTAGE_REFERENCE): "l1",
        SITE_CT1: True,
        CtSetting("a", "site", 0, CtFlag.SCALE_FACTOR): 2.0,
    }
    stored = as_stored(settings)
    assert stored == {
        "settings": [
            {"meter": "a", "role": "site", "ct": 0, "flag": "scale_factor", "value": 2},
            {"meter": "a", "role": "site", "ct": 1, "flag": "valid", "value": True},
            {
                "meter": "b",
                "role": "",
                "ct": 2,
                "flag": "voltage_reference",
                "value": "l1",
            },
        ]
    }
    assert read_stored(stored) == settings


@pytest.mark.parametrize(
    "change",
    [
        {"meter": 5},
        {"role": None},
        {"ct": "1"},
        {"value": None},
        {"value": [True]},
        {"flag": "unheard_of"},
        {"flag": None},
    ],
)
def test_setting_of_a_wrong_type_is_invalid(change: dict[str, Any]) -> None:
    """The file is set aside then."""
    [setting] = as_stored({SITE_CT1: True})["settings"]
    with pytest.raises((TypeError, ValueError)):
        read_stored({"settings": [setting | change]})


@pytest.mark.parametrize("key", ["meter", "role", "ct", "flag", "value"])
def test_setting_without_a_part_is_invalid(key: str) -> None:
    """So is a file without settings."""
    [setting] = as_stored({SITE_CT1: True})["settings"]
    del setting[key]
    with pytest.raises(KeyError):
        read_stored({"settings": [setting]})
    with pytest.raises(KeyError):
        read_stored({})


def test_names_of_version_1_are_numbered_in_the_order_of_their_keys() -> None:
    """Remote meters from the first on, others from the second."""
    types = {
        "r2": "neurio_w2_tcp",
        "r1": "neurio_w2_tcp",
        "s2": "synchrometerX",
        "s1": "synchrometerX",
        "t": "trm",
    }
    names = names_v1(types)
    assert names == {
        "r1": "Remote meter 1",
        "r2": "Remote meter 2",
        "t": "Remote meter 3",
        "s1": "Meter X",
        "s2": "Meter X 2",
    }


TEXTS = {
    "Meter X: site CT1": "assigned",
    "Meter X: site CT12": "assigned, inverted",
    "Meter X: solar scale factor": "2.5",
    "Meter X: CT1 voltage reference": "L1",
    "Meter X: site scale factor": "unknown",
    "of another kind": "assigned",
}


def test_texts_of_version_1_become_settings() -> None:
    """A text of another kind is left out, and so is a scale factor that is no number."""
    assert settings_from_texts(TEXTS, {"Meter X": "x"}) == {
        CtSetting("x", "site", 1, CtFlag.VALID): True,
        CtSetting("x", "site", 12, CtFlag.VALID): True,
        CtSetting("x", "site", 12, CtFlag.INVERTED): True,
        CtSetting("x", "solar", 0, CtFlag.SCALE_FACTOR): 2.5,
        CtSetting("x", "", 1, CtFlag.VOLTAGE_REFERENCE): "l1",
    }


def test_texts_of_a_meter_without_a_key_are_left_out() -> None:
    """The texts of other meters stay."""
    texts = TEXTS | {"Meter Y: site CT1": "assigned"}
    settings = settings_from_texts(texts, {"Meter Y": "y"})
    assert settings == {CtSetting("y", "site", 1, CtFlag.VALID): True}


def test_numbered_names_mean_the_meters_with_the_fewest_changes() -> None:
    """A meter that was added since, before others, changes no key."""
    types = {f"synchrometerX{each}": "synchrometerX" for each in "abc"}
    name = names_v1(types)["synchrometerXa"]
    texts = {
        f"{name}: site CT1": "assigned",
        f"{name} 2: solar CT2": "assigned",
    }
    present = {
        CtSetting("synchrometerXa", "load", 3, CtFlag.VALID): True,
        CtSetting("synchrometerXb", "site", 1, CtFlag.VALID): True,
        CtSetting("synchrometerXc", "solar", 2, CtFlag.VALID): True,
    }
    keys = {name: "synchrometerXb", f"{name} 2": "synchrometerXc"}
    assert keys_by_name(texts, present, types) == keys


def test_name_of_a_meter_that_is_gone_gets_a_key_of_its_own() -> None:
    """The settings are reported as changes, and not as those of another meter."""
    types = {"a": "synchrometerX"}
    name = names_v1(types)["a"]
    texts = {f"{name}: site CT1": "assigned", f"{name} 2: site CT1": "assigned"}
    present = {CtSetting("a", "site", 1, CtFlag.VALID): True}
    keys = keys_by_name(texts, present, types)
    assert sorted(keys) == [name, f"{name} 2"]
    assert keys[name] == "a"
    assert keys[f"{name} 2"] not in types
    assert keys[f"{name} 2"].endswith("#1")
