"""Source and sign of each value in the gateway's API.

By the key of the measure; see `sensor_descriptions` in the integration.
"""

from dataclasses import replace

from .row import AS_BEFORE, UNAVAILABLE, Fact, Missing

_NEVER_FALLS = "never falls"
_NEVER_NEGATIVE = "never negative"
_AS_REPORTED = "as reported"

# Of a location in `/api/meters/aggregates`.
LOCATION = {
    "power": Fact(
        fields=("instant_power",),
        sign="+ grid imports, solar produces, battery discharges, home consumes",
    ),
    "reactive_power": Fact(fields=("instant_reactive_power",), sign=_AS_REPORTED),
    "apparent_power": Fact(fields=("instant_apparent_power",), sign=_NEVER_NEGATIVE),
    "power_factor": Fact(
        fields=("instant_power", "instant_reactive_power"), sign="0 to 1"
    ),
    # 0 Hz is "not measured".
    "frequency": Fact(fields=("frequency",)),
    "last_communication": Fact(fields=("last_communication_time",)),
    # Gateways give these of meters, and the year 1 here.
    "last_phase_voltage": Fact(
        fields=("last_phase_voltage_communication_time",), simulated=False
    ),
    "last_phase_power": Fact(
        fields=("last_phase_power_communication_time",), simulated=False
    ),
    "last_phase_energy": Fact(
        fields=("last_phase_energy_communication_time",), simulated=False
    ),
    "timeout": Fact(fields=("timeout",)),
    "meters_aggregated": Fact(fields=("num_meters_aggregated",)),
    "import_power": Fact(fields=("instant_power",), sign=_NEVER_NEGATIVE),
    "export_power": Fact(fields=("instant_power",), sign=_NEVER_NEGATIVE),
    "discharge_power": Fact(fields=("instant_power",), sign=_NEVER_NEGATIVE),
    "charge_power": Fact(fields=("instant_power",), sign=_NEVER_NEGATIVE),
    "energy_exported": Fact(fields=("energy_exported",), sign=_NEVER_FALLS),
    "energy_imported": Fact(fields=("energy_imported",), sign=_NEVER_FALLS),
    "average_voltage": Fact(fields=("instant_average_voltage",)),
    "voltage": Fact(fields=("instant_average_voltage",)),
    "current": Fact(fields=("instant_total_current",), sign=_AS_REPORTED),
    "average_current": Fact(fields=("instant_average_current",), sign=_AS_REPORTED),
    "current_a": Fact(fields=("i_a_current",), sign=_AS_REPORTED),
    "current_b": Fact(fields=("i_b_current",), sign=_AS_REPORTED),
    "current_c": Fact(fields=("i_c_current",), sign=_AS_REPORTED),
}

STATE_OF_CHARGE = Fact(fields=("percentage",), missing=UNAVAILABLE)

# What is left over at the site, from its own totals and those of other sources.
_OF_SITE = Fact(fields=("site.instant_power",), sign=_NEVER_NEGATIVE)
_OF_SURPLUS = tuple(
    f"{location}.instant_power" for location in ("site", "battery", "generator")
)
EXPORT = {
    "solar_surplus": replace(_OF_SITE, fields=_OF_SURPLUS),
    "solar_surplus_mean": replace(_OF_SITE, fields=_OF_SURPLUS),
    "import_power_mean": _OF_SITE,
    "export_power_mean": _OF_SITE,
    "sustained_export": Fact(fields=_OF_SURPLUS),
}

_CACHED = "Cached_readings"


def _cached(fact: Fact, *, sign: str | None = None) -> Fact:
    """Return a fact of a location as one of a meter."""
    return replace(
        fact,
        fields=tuple(f"{_CACHED}.{field}" for field in fact.fields),
        sign=fact.sign if sign is None else sign,
        simulated=True,
    )


_METER = {key: _cached(fact) for key, fact in LOCATION.items()} | {
    "current": _cached(LOCATION["current"], sign=_NEVER_NEGATIVE),
    "average_current": _cached(LOCATION["average_current"], sign=_NEVER_NEGATIVE),
    "scale_factor": Fact(fields=("real_power_scale_factor",)),
}

# Of a meter, by the location that it measures.
METER = {
    "site": _METER | {"power": _cached(LOCATION["power"], sign="+ import")},
    "solar": _METER
    | {
        "power": _cached(LOCATION["power"], sign="+ production"),
        # The gateway swaps the two here, and only here.
        "energy_exported": _METER["energy_imported"],
        "energy_imported": _METER["energy_exported"],
    },
}

_ZERO = Missing("0 under a fresh power time, unknown otherwise", "0")


def _by_phase(*keys: str) -> tuple[str, ...]:
    """Return the paths of three values; the gateway has other names for each."""
    return tuple(f"{_CACHED}.{key}" for key in keys)


_VOLTAGES = _by_phase("v_l1n", "v_l2n", "v_l3n")
_CURRENTS = _by_phase("i_a_current", "i_b_current", "i_c_current")
_POWERS = _by_phase("real_power_a", "real_power_b", "real_power_c")
_REACTIVE = _by_phase("reactive_power_a", "reactive_power_b", "reactive_power_c")

PHASE = {
    "voltage": Fact(fields=_VOLTAGES),
    "current": Fact(fields=_CURRENTS, sign=_NEVER_NEGATIVE),
    "power": Fact(fields=_POWERS, sign="+ grid imports, solar produces", missing=_ZERO),
    "reactive_power": Fact(fields=_REACTIVE, sign=_AS_REPORTED, missing=_ZERO),
    # Both 0, it is the factor of nothing.
    "power_factor": Fact(fields=(*_POWERS, *_REACTIVE), sign="0 to 1"),
}

PHASES = {
    "current_imbalance": Fact(fields=_CURRENTS, sign=_NEVER_NEGATIVE),
    "current_imbalance_ratio": Fact(fields=_CURRENTS, sign=_NEVER_NEGATIVE),
}

# By the name of the check: of a location as a whole, or of each phase.
WIRING = {
    "low_power_factor_phase": Fact(fields=(*_POWERS, *_REACTIVE), missing=AS_BEFORE),
    "negative_solar": Fact(fields=("solar.instant_power",), missing=UNAVAILABLE),
    "negative_solar_phase": Fact(fields=_POWERS, missing=AS_BEFORE),
    "import_follows_solar_phase": Fact(
        fields=("solar.instant_power", *_POWERS), missing=AS_BEFORE
    ),
    "measures_nothing_phase": Fact(fields=_POWERS, missing=AS_BEFORE),
    "negative_load": Fact(fields=("load.instant_power",), missing=UNAVAILABLE),
    "voltages_apart": Fact(fields=_VOLTAGES, missing=UNAVAILABLE),
}

# It shows the outcome of the requests.
CONNECTION = Fact(fields=(), missing=Missing("always available", "connected"))

GRID_STATUS = Fact(
    fields=("grid_status",),
    missing=Missing("unknown, as with a word that is new", "unknown"),
)

READING_STATUS = Fact(fields=("error",), missing=Missing("OK", "ok"))
READING_PROBLEM = Fact(fields=("error",), missing=Missing("off", "off"))
READING = {
    "firmware": Fact(fields=("data.firmwareVersion",)),
    "raw_frequency": Fact(fields=("data.f_Hz",)),
}

VOLTAGE_REFERENCE = Fact(fields=("ct_voltage_references",), missing=UNAVAILABLE)
CT_FLAG = {
    "ct_valid": Fact(fields=("cts[].valid",), missing=UNAVAILABLE),
    "ct_inverted": Fact(fields=("cts[].inverted",), missing=UNAVAILABLE),
}
CT_READING = {
    "voltage": Fact(fields=("data.cts[].v_V",)),
    "current": Fact(fields=("data.cts[].i_A",)),
    "power": Fact(fields=("data.cts[].p_W",), sign="as the CT is clamped"),
    "reactive_power": Fact(fields=("data.cts[].q_VAR",), sign="as the CT is clamped"),
    "energy_exported": Fact(fields=("data.cts[].eExp_Ws",), sign=_NEVER_FALLS),
    "energy_imported": Fact(fields=("data.cts[].eImp_Ws",), sign=_NEVER_FALLS),
}
