"""Write the demo's dashboard for those who want it at home.

    scripts/setup demo && .envs/demo/bin/python -m demo.dashboard_files

Each kind of home is set up once, so that the entities have the names that Home Assistant
gives them.
"""

import asyncio
from pathlib import Path

import yaml

from .dashboard import dashboard
from .options import STATE
from .registry import Registry
from .session import Plan, forget, opened

FOLDER = Path(__file__).parents[2] / "docs" / "dashboards"
# The kinds of home, by the profile that has one.
KINDS = {
    "split-phase": "split-phase (L1 and L2), with solar and battery",
    "three-phase": "three phases, with solar and battery",
    "neurio": "one phase and remote meters (Neurio), with solar and battery",
    "powerwall-plus": "split-phase, the solar system measured by the Powerwall+",
    "restricted": "Powerwall 3: totals alone",
    "solar-only": "split-phase with a solar inverter and no battery",
}
HEAD = """\
# Dashboard for a home of this kind: {kind}.
# Paste it into the raw configuration editor of a new dashboard; README.md says how.
# Written by python -m demo.dashboard_files; what is changed here is lost.
"""
# Above those of a demo that is up, and of a check.
LOWEST_PORT, LOWEST_GATEWAY_PORT = 28123, 28443


class _Plain(yaml.SafeDumper):
    """Writes a text of several lines as such, and what is there twice two times."""

    def ignore_aliases(self, _: object) -> bool:
        """Repeat it."""
        return True


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = "|" if "\n" in text else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style)


_Plain.add_representer(str, _text)


def path(profile: str) -> Path:
    """Return where the dashboard for a profile's kind of home is."""
    return FOLDER / f"{profile}.yaml"


def content(profile: str, registry: Registry) -> str:
    """Return the file for a home in which all entities have their first names."""
    body: str = yaml.dump(
        dashboard(registry),
        Dumper=_Plain,
        sort_keys=False,
        allow_unicode=True,
        width=100,
    )
    return HEAD.format(kind=KINDS[profile]) + body


async def _write(profile: str) -> None:
    state = STATE / "dashboards" / profile
    forget(state)
    plan = Plan(
        state=state, profile=profile, port=LOWEST_PORT, gateway_port=LOWEST_GATEWAY_PORT
    )
    async with opened(plan) as session:
        path(profile).write_text(content(profile, session.registry))


async def _write_all() -> None:
    FOLDER.mkdir(exist_ok=True)
    for profile in KINDS:
        await _write(profile)


if __name__ == "__main__":
    asyncio.run(_write_all())
