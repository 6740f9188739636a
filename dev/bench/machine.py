"""What was measured with and on, as far as it explains figures."""

from importlib.metadata import version
import os
from pathlib import Path
import platform

_PACKAGES = ("homeassistant", "tesla-powerwall", "pypowerwall", "aiohttp", "orjson")


def describe() -> dict[str, str]:
    """Describe processor and versions; nothing that tells one machine from its like."""
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
