"""Print the table of the day after a test run."""

import pytest

from .account import Account, table

# What a test records; it reaches the summary from another process too.
RECORDED = "accounts"


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Show what was published beside what was, of all tests that got so far."""
    accounts = [
        Account(**account)
        for reports in terminalreporter.stats.values()
        for report in reports
        if isinstance(report, pytest.TestReport)
        for name, recorded in report.user_properties
        if name == RECORDED and report.when == "call"
        for account in recorded
    ]
    if accounts:
        terminalreporter.section("import minus export over a simulated day")
        for line in table(accounts):
            terminalreporter.line(line)
