"""The energy of a day at a location or its meters: a line of the table."""

from collections.abc import Iterable
from dataclasses import dataclass
from math import copysign, inf

_HEAD = ("profile", "location", "published", "integral", "deviation", "phases off by")
_UNITS = ("", "", "kWh", "kWh", "%", "W")


@dataclass(frozen=True, slots=True)
class Account:
    """Import minus export over the day, in Wh, as published and as it was.

    `off` (W) is how far the sum of the phases was from the power, at worst;
    None if there are no phases.
    """

    profile: str
    location: str
    published: float
    integral: float
    off: float | None = None

    @property
    def deviation(self) -> float:
        """The relative deviation of the published energy."""
        missed = self.published - self.integral
        if self.integral == 0:
            return copysign(inf, missed) if missed else 0
        return missed / self.integral


def table(accounts: Iterable[Account]) -> list[str]:
    """Print the accounts, a line for each."""
    rows = [_HEAD, _UNITS, *(_cells(account) for account in accounts)]
    return [
        f"{profile:<15} {location:<16} {published:>11} {integral:>11} {deviation:>10} {off:>14}"
        for profile, location, published, integral, deviation, off in rows
    ]


def _cells(account: Account) -> tuple[str, ...]:
    return (
        account.profile,
        account.location,
        f"{account.published / 1000:.3f}",
        f"{account.integral / 1000:.3f}",
        f"{account.deviation:.4%}".rstrip("%"),
        "-" if account.off is None else f"{account.off:g}",
    )
