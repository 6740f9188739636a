"""The machine and versions of a run, as far as they explain figures."""

from importlib.metadata import version
import os
from pathlib import Path
import platform

_PACKAGES = ("homeassistant", "tesla-powerwall", "pypowerwall", "aiohttp", "orjson")


def describe() -> dict[str, str]:
    """Return processor and versions, nothing that identifies the machine."""
    return {
        "processor": f"{os.cpu_count()} CPUs, {_model()}",
        "system": platform.system(),
        "Python": platform.python_version(),
        **{name: version(name) for name in _PACKAGES},
    }


def _model() -> str:
    """Return the processor's class, as the kernel has it."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.machine()
    for line in lines:
        key, _, value = line.partition(":")
        if key.strip() == "model name":
            return value.strip()
    return platform.machine()
