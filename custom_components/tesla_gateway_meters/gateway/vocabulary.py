"""Words that all gateways use, and that therefore identify none of them.

From captures and clients of the API (gateway API, sections 2, 3 and 6) and the error
texts of Go's network library, which the gateway is written with. Any other word may
name a device, a home or a person.
"""

import re
from typing import Final


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Each of them holds a number, a text, an object or a list; none is a name.
KEYS: Final = _words(
    """
    serial short_id device_serial serial_number sensorId din gateway_din vin leader
    followers PackageSerialNumber ip_address IP mac site_name email hostname type
    location device_type teg_type sync_type grid_status ct1 ct2 ct3 ct4 version
    firmwareVersion git_hash error Err message code Op Net Source Addr Port Zone
    Name Server URL Syscall IsTimeout IsTemporary IsNotFound id cts valid inverted
    real_power_scale_factor connected connection port neurio_connected https_conf
    client_cert client_key server_ca_cert max_idle_conns_per_host Cached_readings
    ct_voltage_references data ct v_V p_W q_VAR i_A f_Hz eExp_Ws eImp_Ws
    instant_power instant_reactive_power instant_apparent_power frequency
    energy_exported energy_imported instant_average_voltage instant_average_current
    instant_total_current timeout num_meters_aggregated last_communication_time
    i_a_current i_b_current i_c_current v_l1n v_l2n v_l3n
    last_phase_voltage_communication_time last_phase_power_communication_time
    last_phase_energy_communication_time start_time up_time_seconds is_new
    commission_count cellular_disabled grid_services_active percentage name owner
    phone address latitude longitude timezone wifi_ssid real_power_a real_power_b
    real_power_c reactive_power_a reactive_power_b reactive_power_c
    energy_exported_a energy_exported_b energy_exported_c energy_imported_a
    energy_imported_b energy_imported_c
    """
)

# The locations that gateways have. Others never displace them, and no meter is
# named like one.
KNOWN_LOCATIONS: Final = ("site", "solar", "battery", "load", "generator", "busway")

# Words for locations, and for what a meter's CTs measure.
LOCATIONS: Final = _words(
    """
    frequency grid backup conductor solarRGM doubled_solar none unknown
    """
).union(KNOWN_LOCATIONS)

METER_TYPE: Final = re.compile(
    r"synchrometer[A-Z]?|(?:neurio|trm)(?:_w[0-9])?(?:_(?:tcp|mb))?|msa|acuvim|unknown"
)
GRID_STATUS: Final = re.compile(
    r"System(?:Grid|Micro|Islanded|Island|Transition|To|Wait|For|User|Connected"
    r"|Disconnected|Active|Ready|Faulted|Off|On){1,6}"
)
DEVICE_TYPE: Final = re.compile(r"hec|teg|smc|acpw|pvinverter|unknown")
SYNC_TYPE: Final = re.compile(r"v[0-9](?:\.[0-9])?")
PHASE: Final = re.compile(r"Phase[1-4]")

# In the case in which they are written, or in capitals: `Page` may be a person.
_ERROR_WORDS: Final = _words(
    """
    a aborted accept access address adequate already an another answer answering
    answers api as asked at authority awaiting bad be because been before body
    broken busy by bytes cannot certificate checksum client closed code config
    connect connected connecting connection context crc credentials current customer
    data deadline default denied device dial did dns does down due during enabled
    ended endpoint eof errno error exceeded exception expected expired failed
    failure file flag for forbidden found from gateway gave get handshake has have
    headers host hostname http https i id idle if illegal in input internal
    interrupted invalid io is it its json keepalive key large latest limit list
    local login long lookup lost mac match meter method mid misbehaving mismatch
    missing modbus mode moment more name neither network neurio no nor not null o
    object of offline ok on operation or other others out output packet peer
    permission physical pipe place please port post process protocol pwrview reached
    read readings refused refuses register remote reply request requests require
    reset resolution resource response retry rights route run running same serial
    server service session shutdown signed site sitemanager sitemaster size slave
    socket soon started status stopped stream string such synchrometer syscall tcp
    tcp4 tcp6 temporarily temporary that the there this time timed timeout tls to
    token too transport truncated try udp unable unauthorized unavailable unexpected
    unknown unmarshal unreachable unreadable unsupported user value version wait
    waiting wants was while with without write wrong x509 yet
    """
)
_CAPITALISED: Final = _words(
    """
    Api Client Error Expired Forbidden Gateway Get HTTP Internal Invalid Limit Login
    Modbus Neurio PWRview Post Reached Server Temporary The Timeout Token Unable
    Unauthorized User
    """
)


def is_error_word(word: str) -> bool:
    """Return whether a word is one of the gateway's own error texts, or of ours."""
    if word in _CAPITALISED:
        return True
    return (word.islower() or word.isupper()) and word.lower() in _ERROR_WORDS


def is_common_word(text: str) -> bool:
    """Return whether a text is a word that any gateway may use, in any case."""
    folded = text.casefold()
    return folded in _FOLDED or bool(
        METER_TYPE.fullmatch(text)
        or GRID_STATUS.fullmatch(text)
        or DEVICE_TYPE.fullmatch(folded)
    )


_FOLDED: Final = frozenset(
    word.casefold() for word in (*KEYS, *LOCATIONS, *_ERROR_WORDS, *_CAPITALISED)
)
