"""Endpoints about grid and batteries, apart from their meters."""

from dataclasses import dataclass

from simulator.go_format import Json

from .spec import Identity

GRID: Json = {"grid_status": "SystemGridConnected", "grid_services_active": False}


@dataclass(frozen=True, slots=True)
class BatteryState:
    """The batteries of a site together: W, var, Wh, V, Hz, percent; power + is discharge."""

    units: int
    charge: float
    capacity: int
    rated: int
    power: float = 0
    reactive_power: float = 0
    volts: float = 0
    hertz: float = 0
    discharged: float = 0
    charged: float = 0


def serial(unit: int) -> str:
    """Return the serial of a Powerwall, obviously invented."""
    return f"TG00000000SIM{unit}"


def state_of_charge(battery: BatteryState) -> Json:
    """Build `/api/system_status/soe`."""
    return {"percentage": battery.charge}


def system_status(battery: BatteryState) -> Json:
    """Build `/api/system_status`."""
    remaining = round(battery.capacity * battery.charge / 100)
    blocks: list[Json] = [
        _block(battery, unit, remaining // battery.units)
        for unit in range(battery.units)
    ]
    return {
        "command_source": "Configuration",
        "battery_target_power": battery.power,
        "battery_target_reactive_power": 0,
        "nominal_full_pack_energy": battery.capacity,
        "nominal_energy_remaining": remaining,
        "max_charge_power": battery.rated,
        "max_discharge_power": battery.rated,
        "instantaneous_max_charge_power": battery.rated,
        "instantaneous_max_discharge_power": battery.rated,
        "grid_services_power": 0,
        "system_island_state": "SystemGridConnected",
        "available_blocks": battery.units,
        "battery_blocks": blocks,
        "can_reboot": "Yes",
        "solar_real_power_limit": -1,
        "blocks_controlled": battery.units,
        "primary": True,
    }


def _block(battery: BatteryState, unit: int, remaining: int) -> Json:
    return {
        "Type": "",
        "PackagePartNumber": "0000000-00-S",
        "PackageSerialNumber": serial(unit),
        "disabled_reasons": [],
        "pinv_state": "PINV_GridFollowing",
        "pinv_grid_state": "Grid_Compliant",
        "nominal_energy_remaining": remaining,
        "nominal_full_pack_energy": battery.capacity // battery.units,
        "p_out": round(battery.power / battery.units),
        "q_out": round(battery.reactive_power / battery.units),
        "v_out": battery.volts,
        "f_out": battery.hertz,
        # DC-side amperes at about 50 V, positive when charging, as in aggregates.
        "i_out": round(-battery.power / battery.units / 46, 1),
        "energy_charged": round(battery.charged / battery.units),
        "energy_discharged": round(battery.discharged / battery.units),
        "off_grid": False,
        "vf_mode": False,
        "wobble_detected": False,
        "charge_power_clamped": False,
        "backup_ready": True,
        "OpSeqState": "Active",
        "version": "27626f98a66cad",
    }


def powerwalls(identity: Identity, units: int) -> Json:
    """Build `/api/powerwalls`."""
    packs: list[Json] = [
        {
            "Type": "",
            "PackagePartNumber": "0000000-00-S",
            "PackageSerialNumber": serial(unit),
            "type": "acpw",
            "grid_state": "Grid_Compliant",
            "under_phase_detection": False,
            "updating": False,
        }
        for unit in range(units)
    ]
    return {
        "enumerating": False,
        "updating": False,
        "checking_if_offgrid": False,
        "running_phase_detection": False,
        "phase_detection_last_error": "no phase information",
        "bubble_shedding": False,
        "on_grid_check_error": "on grid check not run",
        "grid_qualifying": False,
        "grid_code_validating": False,
        "phase_detection_not_available": True,
        "powerwalls": packs,
        "gateway_din": identity.din,
        "has_sync": False,
        "msa": None,
        "states": None,
    }


def site_info(identity: Identity, battery: BatteryState) -> Json:
    """Build `/api/site_info`."""
    return {
        "max_system_energy_kWh": 0,
        "max_system_power_kW": 0,
        "site_name": identity.site_name,
        "timezone": "America/Denver",
        "max_site_meter_power_kW": 1000000000,
        "min_site_meter_power_kW": -1000000000,
        "nominal_system_energy_kWh": round(battery.capacity / 1000, 1),
        "nominal_system_power_kW": round(battery.rated / 1000, 1),
        "panel_max_current": 100,
    }


def operation() -> Json:
    """Build `/api/operation`."""
    return {
        "real_mode": "self_consumption",
        "backup_reserve_percent": 24,
        "freq_shift_load_shed_soe": 0,
        "freq_shift_load_shed_delta_f": 0,
    }
