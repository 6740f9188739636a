"""Names of the types of meters."""

import pytest

from custom_components.tesla_gateway_meters.gateway.meter_types import (
    readable_name,
    translation_key,
)


@pytest.mark.parametrize(
    ("meter_type", "name", "key"),
    [
        ("synchrometerX", "Meter X", "meter_x"),
        ("synchrometerY", "Meter Y", "meter_y"),
        ("neurio_w2_tcp", "Remote meter", "remote_meter"),
        ("trm_mb", "Remote meter", "remote_meter"),
        ("msa", "Backup switch meter", "backup_switch_meter"),
        ("acuvim", "Acuvim meter", "acuvim_meter"),
    ],
)
def test_known_type_has_a_name_and_a_translation(
    meter_type: str, name: str, key: str
) -> None:
    """All protocols of one kind of meter have the name of that kind."""
    assert readable_name(meter_type) == name
    assert translation_key(meter_type) == key


@pytest.mark.parametrize(
    ("meter_type", "name"),
    [
        ("synchrometerZ", "Meter Z"),
        ("synchrometer", "Meter"),
        ("brand_new", "Brand new meter"),
        ("brand__new_", "Brand new meter"),
        ("eGauge_tcp", "EGauge tcp meter"),
        ("energy_meter", "Energy meter"),
        ("SmartMETER", "SmartMETER"),
        ("_", "Meter"),
        ("", "Meter"),
        ("x" * 64, "X" + "x" * 57 + " meter"),
    ],
)
def test_unknown_type_is_named_by_its_words(meter_type: str, name: str) -> None:
    """The name has separate words, a capital, `meter` once, and at most 64 characters."""
    assert readable_name(meter_type) == name
    assert translation_key(meter_type) is None
