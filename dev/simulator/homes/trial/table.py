"""The figures of a trial as text."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from simulator.homes.home import DAY

from .figures import (
    by_kind,
    confusion,
    false_repairs,
    in_time,
    named_right,
    times,
    withdrawn,
)
from .run import Outcome

BEGIN: Final = "<!-- wiring-trial: begin -->"
END: Final = "<!-- wiring-trial: end -->"


def report(outcomes: Sequence[Outcome], title: str) -> str:
    """Return all figures in Markdown."""
    repairs, days = false_repairs(outcomes)
    rate = 1000 * repairs / days if days else 0.0
    parts = [
        title,
        (
            f"False repairs: {repairs} in {days} days of sound homes, "
            f"{rate:.2f} per 1,000 home-days."
        ),
    ]
    if any(each.fault for each in outcomes):
        parts += [
            "\n".join(_found_rows(outcomes)),
            (
                "In time is within 15 minutes of sun for flipped solar CTs, within two sunny "
                "days for flipped site CTs and solar CTs on another phase, and within two days "
                "for the others. Minutes are minutes with more than 300 W of sun on the "
                "wrong phases for solar CTs. Where there was too little sun to decide, a run does not count."
            ),
            (
                f"The fault that is there is named, first and alone, and no sound phase with "
                f"it, in {named_right(outcomes):.1%} of the runs in which anything is said. "
                "Which check speaks first:"
            ),
            "\n".join(_confusion_rows(outcomes)),
        ]
    if rows := list(_mended_rows(outcomes)):
        parts += [
            "Mended at the midnight after, the repair goes:",
            "\n".join(rows),
        ]
    return "\n\n".join(parts) + "\n"


def _found_rows(outcomes: Iterable[Outcome]) -> Iterator[str]:
    yield (
        "| fault | home | runs | in time | within a day | within a week | never "
        "| minutes, median | 90 % within |"
    )
    yield "| --- | --- " + "| ---: " * 7 + "|"
    for (fault, home), each in by_kind(outcomes).items():
        time = times(each)
        cells = (
            _words(fault),
            home,
            str(time.runs),
            _percent(time.in_time),
            _percent(time.day),
            _percent(time.week),
            _percent(time.never),
            _minutes(time.median),
            _minutes(time.most),
        )
        yield f"| {' | '.join(cells)} |"


def _confusion_rows(outcomes: Sequence[Outcome]) -> Iterator[str]:
    counts = confusion(outcomes)
    checks = sorted({check for each in counts.values() for check in each})
    yield f"| fault | {' | '.join(_words(check) for check in checks)} |"
    yield "| --- " + "| ---: " * len(checks) + "|"
    for fault, each in counts.items():
        cells = " | ".join(str(each[check] or "") for check in checks)
        yield f"| {_words(fault)} | {cells} |"


def _mended_rows(outcomes: Sequence[Outcome]) -> Iterator[str]:
    kinds = {each.fault.kind for each in outcomes if each.fault and each.mended}
    if not kinds:
        return
    yield "| fault | mended | within a day | within two days | not in the run |"
    yield "| --- " + "| ---: " * 4 + "|"
    for kind in sorted(kinds):
        of = [each for each in outcomes if each.fault and each.fault.kind == kind]
        if (shares := withdrawn(of)) is not None:
            number, *parts = shares
            cells = " | ".join(_percent(part) for part in parts)
            yield f"| {_words(kind)} | {number} | {cells} |"


def listing(outcomes: Iterable[Outcome]) -> str:
    """Return the failed runs, one per line, with what is needed to repeat them."""
    lines = []
    for each in outcomes:
        fault = each.fault.name if each.fault else "sound"
        raised = "; ".join(
            f"{raised.repair.check} {raised.repair.location} {raised.repair.phase}".rstrip()
            + f" on day {raised.at / DAY:.2f}"
            for raised in each.raised[:4]
        )
        where = f"{each.home} ({each.home_kind}), {fault}"
        if each.fault is None:
            if each.raised:
                lines.append(f"false: {where}: {len(each.raised)} repairs: {raised}")
        elif each.found is None:
            lines.append(
                f"not found: {where}: in {each.days} days, {each.sunny_days} sunny: "
                f"{raised or 'nothing said'}"
            )
        elif not (each.named_right and each.phases_right):
            lines.append(f"named wrongly: {where}: {raised}")
        elif in_time(each) is False:
            minutes = each.found.sun / 60
            lines.append(f"late: {where}: after {minutes:.0f} min of sun: {raised}")
    return "\n".join(sorted(lines)) + "\n" if lines else ""


def placed(page: str, text: str) -> str:
    """Return a page with a text in place of what is between its markers."""
    if BEGIN not in page or END not in page:
        raise ValueError(f"the page has no {BEGIN} and {END}")
    before, _, rest = page.partition(BEGIN)
    after = rest.partition(END)[2]
    return f"{before}{BEGIN}\n\n{text}\n{END}{after}"


def _words(name: str) -> str:
    return name.replace("_", " ")


def _percent(part: float | None) -> str:
    return "" if part is None else f"{part:.0%}"


def _minutes(value: float | None) -> str:
    return "" if value is None else f"{value:.0f}"
