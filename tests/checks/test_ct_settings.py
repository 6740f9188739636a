"""The settings of CTs as `/api/meters` and locations give them, and how they differ."""

from dataclasses import replace
from typing import Any

import pytest

from custom_components.tesla_gateway_meters.checks.ct_configuration import (
    Confirmation,
    CtChange,
    CtFlag,
    CtSetting,
    changes,
    disagreements,
    read_settings,
)
from custom_components.tesla_gateway_meters.gateway import Meter
from custom_components.tesla_gateway_meters.gateway.models import CtRole

from .polls import L2, METER

KEY = METER.key
NO = (False,) * 4


def role(name: str, **kind: Any) -> CtRole:
    """Return a role of which CT1 and CT2 are assigned."""
    usual: dict[str, Any] = {
        "valid": (True, True, False, False),
        "inverted": NO,
        "scale_factor": None,
    }
    return CtRole(role=name, **usual | kind)


def meter(*roles: CtRole, key: str = KEY) -> Meter:
    """Return a meter of `/api/meters`."""
    return Meter(
        key=key, type=METER.type, serial=None, din=None, connected=True, roles=roles
    )


def at(name: str, ct: int, flag: CtFlag) -> CtSetting:
    """Return a setting of the meter."""
    return CtSetting(KEY, name, ct, flag)


def test_settings_are_what_is_set() -> None:
    """CTs count from 1, only a valid one is inverted, and a scale factor of 1 is none."""
    solar = role(
        "solar",
        valid=(False, False, True, True),
        inverted=(True, False, True),
        scale_factor=2.00000049,
    )
    site = replace(METER, voltage_references={3: L2})
    assert read_settings([meter(role("site", scale_factor=1), solar)], [site]) == {
        at("site", 1, CtFlag.VALID): True,
        at("site", 2, CtFlag.VALID): True,
        at("solar", 3, CtFlag.VALID): True,
        at("solar", 3, CtFlag.INVERTED): True,
        at("solar", 4, CtFlag.VALID): True,
        at("solar", 0, CtFlag.SCALE_FACTOR): 2,
        at("", 3, CtFlag.VOLTAGE_REFERENCE): "l2",
    }


def test_changes_are_those_that_differ_in_order() -> None:
    """What is not set is None."""
    first, second, third, same = (at("site", ct, CtFlag.VALID) for ct in range(1, 5))
    before = {third: "l1", second: True, same: 5.0}
    after = {third: "l2", first: True, same: 5.0}
    assert changes(before, after) == (
        CtChange(first, None, True),
        CtChange(second, True, None),
        CtChange(third, "l1", "l2"),
    )
    assert changes(before, before) == ()


LOCATION = replace(METER, cts=(True, True, False, False))


@pytest.mark.parametrize("name", ["site", "conductor"])
def test_location_that_agrees_has_no_disagreement(name: str) -> None:
    """Under either name of the role, and where several entries have a part each."""
    assert disagreements([meter(role(name))], [LOCATION]) == ()
    parts = [replace(LOCATION, cts=(each, not each)) for each in (True, False)]
    assert disagreements([meter(role(name))], parts) == ()


def test_location_that_contradicts_is_a_disagreement() -> None:
    """In CTs, which way round they are, and the scale factor."""
    location = replace(
        METER,
        cts=(True, False, False, False),
        inverted=(True, True, False, False),
        scale_factor=2,
    )
    assert disagreements([meter(role("site", scale_factor=4))], [location]) == (
        CtChange(at("site", 1, CtFlag.INVERTED), None, True),
        CtChange(at("site", 2, CtFlag.VALID), True, None),
        CtChange(at("site", 0, CtFlag.SCALE_FACTOR), 4, 2),
    )


@pytest.mark.parametrize(
    ("ours", "theirs"), [(None, (2,)), (2, (None,)), (2, (3, 4)), (2, (2, None))]
)
def test_scale_factor_that_is_left_out_is_no_disagreement(
    ours: float | None, theirs: tuple[float | None, ...]
) -> None:
    """Nor is one in which the entries differ."""
    entries = [replace(LOCATION, scale_factor=each) for each in theirs]
    assert disagreements([meter(role("site", scale_factor=ours))], entries) == ()


def test_only_what_both_list_is_compared() -> None:
    """Not another meter, another role, or two roles of a location."""
    wrong = replace(METER, cts=NO)
    assert disagreements([meter(role("site"))], [wrong])
    assert disagreements([meter(role("site"), key="other")], [wrong]) == ()
    assert disagreements([meter(role("load"))], [wrong]) == ()
    assert disagreements([meter(role("site"), role("conductor"))], [wrong]) == ()
    elsewhere = replace(wrong, location="load")
    assert disagreements([meter(role("site"))], [elsewhere]) == ()
    assert disagreements([meter(role("load"))], [elsewhere])
    solar = replace(wrong, location="solar")
    for name in ("solar", "doubled_solar", "solarRGM"):
        assert disagreements([meter(role(name))], [solar])


def test_disagreements_of_all_meters_are_listed() -> None:
    """One after the other."""
    wrong = replace(METER, cts=(True, False))
    other = replace(wrong, key="other")
    meters = [meter(role("site")), meter(role("site"), key="other")]
    found = disagreements(meters, [wrong, other])
    assert [each.setting.meter for each in found] == [KEY, "other"]


def test_value_is_confirmed_by_the_next_poll() -> None:
    """By an equal one, and anew after each change."""
    confirmation = Confirmation()
    values = ({1: 2}, {1: 2}, {1: 2}, {1: 3}, {1: 2}, {1: 2})
    expected = [False, True, True, False, False, True]
    assert [confirmation.update(each) for each in values] == expected
