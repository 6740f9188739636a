"""Read a gateway with tesla-powerwall and print what it understood, as JSON.

Arguments: host:port and password.
"""

import asyncio
import json
import sys
from typing import Any

from tesla_powerwall import AccessDeniedError, Powerwall


async def read(host: str, password: str) -> dict[str, Any]:
    """Log in and make the calls that Home Assistant core makes, and those for the meters."""
    async with Powerwall(host) as powerwall:
        try:
            await powerwall.login(f"not {password}")
        except AccessDeniedError as error:
            refused = error.message
        login = await powerwall.login(password)
        status = await powerwall.get_status()
        meters = await powerwall.get_meters()
        sitemaster = await powerwall.get_sitemaster()
        site_info = await powerwall.get_site_info()
        batteries = await powerwall.get_batteries()
        details = {
            "site": await powerwall.get_meter_site(),
            "solar": await powerwall.get_meter_solar(),
        }
        api = powerwall.get_api()
        result = {
            "refused": refused,
            "roles": [role.value for role in login.roles],
            "din": await powerwall.get_gateway_din(),
            "vin": await powerwall.get_vin(),
            "version": await powerwall.get_version(),
            "device_type": status.device_type.value,
            "started": status.start_time.isoformat(),
            "up": status.up_time_seconds.total_seconds(),
            "charge": await powerwall.get_charge(),
            "grid": (await powerwall.get_grid_status()).value,
            "grid_services": await powerwall.is_grid_services_active(),
            "mode": (await powerwall.get_operation_mode()).value,
            "reserve": await powerwall.get_backup_reserve_percentage(),
            "running": sitemaster.is_running,
            "site_name": site_info.site_name,
            "serials": await powerwall.get_serial_numbers(),
            "batteries": [
                [one.serial_number, one.capacity, one.grid_state.value]
                for one in batteries
            ],
            "aggregates": {
                kind.value: {
                    "instant_power": meter.instant_power,
                    "frequency": meter.frequency,
                    "energy_exported": meter.energy_exported,
                    "energy_imported": meter.energy_imported,
                    "instant_total_current": meter.instant_total_current,
                    "instant_average_voltage": meter.instant_average_voltage,
                    "last_communication_time": meter.last_communication_time,
                }
                for kind, meter in meters.meters.items()
            },
            "first_meter": {
                name: {
                    "instant_power": one.readings.instant_power,
                    "v_l1n": one.readings.v_l1n,
                    "v_l2n": one.readings.v_l2n,
                    "real_power_a": one.readings.real_power_a,
                    "real_power_b": one.readings.real_power_b,
                    "i_b_current": one.readings.i_b_current,
                }
                for name, one in details.items()
            },
            "raw": {
                "meters": await api.get_meters(),
                "meters/readings": await api.get("meters/readings"),
                "meters/site": await api.get_meters_site(),
                "meters/solar": await api.get_meters_solar(),
                "system_status/soe": await api.get_system_status_soe(),
                "status": await api.get_status(),
            },
        }
        await powerwall.logout()
        try:
            await powerwall.get_charge()
        except AccessDeniedError:
            result["logged_out"] = True
        return result


if __name__ == "__main__":
    json.dump(asyncio.run(read(sys.argv[1], sys.argv[2])), sys.stdout)
