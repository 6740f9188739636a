"""Tests that each form, card and repair shows texts, not keys, placeholders or errors.

The tests are one way, in their order, from the page of the integration to its repairs.
"""

from collections.abc import Iterator
from contextlib import contextmanager
import re

from playwright.sync_api import Locator, Page, expect
import pytest

from .home import Home
from .pages import DOMAIN, ask, fill_in
from .wording import ENGLISH, check_wording, flaws_in

CONFIG, OPTIONS, ISSUES = (ENGLISH[each] for each in ("config", "options", "issues"))
DASHBOARD = "/config/integrations/dashboard"
INTEGRATION = f"/config/integrations/integration/{DOMAIN}"
ACTION = "add_to_energy_dashboard"
# ms; a poll comes every 10 s.
NEXT_POLL = 40_000
# ms; the demo writes the past of its home in its own time.
PAST_WRITTEN = 240_000
# Right after a page was opened, it has no connection yet.
CONNECTED = "document.querySelector('home-assistant')?.hass?.connected"


@contextmanager
def dialog(page: Page, text: str) -> Iterator[Page]:
    """Check a dialog that shows this text, and close it at the end."""
    expect(page.get_by_text(text, exact=True).last).to_be_visible()
    check_wording(page)
    yield page
    page.get_by_role("button", name="Close").last.click()
    expect(page.locator("dialog-data-entry-flow ha-dialog")).to_have_count(0)


def happen(page: Page, event: str) -> None:
    """Let one of the demo's events happen."""
    page.wait_for_function(CONNECTED)
    ask(page, {"type": "demo_events/happen", "event": event})


def password_of(page: Page) -> Locator:
    """Return the field of the password."""
    return page.get_by_role("textbox", name="Password")


def submit(page: Page) -> None:
    """Send the form."""
    page.get_by_role("button", name="Submit").click()


def open_menu(page: Page, item: str) -> None:
    """Open the menu of the entry, and select an item."""
    entry = page.locator("ha-config-entry-row").first
    entry.get_by_role("button", name="Menu").first.click()
    page.get_by_role("menuitem", name=item).click()


def test_flaws_are_found() -> None:
    """The check sees what it is there for, and passes what a page may well say."""
    for flaw in (
        "[formatjs Error: MISSING_VALUE] The intl string context variable",
        "undefined",
        "Trusted certificate: {trusted}",
        "component.tesla_gateway_meters.config.step.user.title",
        "sustained_on_above",
        "off_above_on",
    ):
        assert flaws_in(f"Options\n{flaw}\nSubmit") == [flaw]
    assert flaws_in("sensor.site_energy_imported was reset\nHost 127.0.0.1") == []


def test_form_to_add(page: Page, home: Home) -> None:
    """A wrong address keeps the password, and a port without HTTPS is named."""
    page.goto(f"/_my_redirect/config_flow_start?domain={DOMAIN}")
    page.get_by_role("button", name="OK").click()
    with dialog(page, CONFIG["step"]["user"]["data_description"]["host"]):
        plain = home.url.removeprefix("http://")
        for address, error in (
            ("two words", "invalid_host"),
            (plain, "not_https"),
            ("127.0.0.1:1", "cannot_connect"),
        ):
            fill_in(page, address, home.password)
            expect(page.get_by_text(CONFIG["error"][error])).to_be_visible()
            expect(password_of(page)).to_have_value(home.password)
            check_wording(page)


def test_options(page: Page) -> None:
    """A wrong number keeps its help, and says which ones are possible."""
    page.goto(INTEGRATION)
    entry = page.locator("ha-config-entry-row").first
    entry.get_by_role("button", name="Configure").click()
    step = OPTIONS["step"]["init"]
    with dialog(page, step["sections"]["sustained_export"]["description"]):
        interval, solar, *_, off_below, _ = page.get_by_role("spinbutton").all()
        for field, value, good, error in (
            (interval, "2", "10", "interval_out_of_range"),
            (solar, "501", "0", "floor_out_of_range"),
            (off_below, "200000", "200", "sustained_out_of_range"),
            (off_below, "5000", "200", "off_above_on"),
        ):
            field.fill(value)
            submit(page)
            expect(page.get_by_text(OPTIONS["error"][error])).to_be_visible()
            expect(field).to_have_value(value)
            for part in (step, *step["sections"].values()):
                for text in part["data_description"].values():
                    expect(page.get_by_text(text)).to_be_visible()
            check_wording(page)
            field.fill(good)


def test_action(page: Page) -> None:
    """The fields of the action have names, and its sources too, in the dashboard's table."""
    page.goto(f"/_my_redirect/developer_call_service?service={DOMAIN}.{ACTION}")
    fields = ENGLISH["services"][ACTION]["fields"]
    for field in fields.values():
        expect(page.get_by_text(field["name"], exact=True).first).to_be_visible()
    check_wording(page)
    page.get_by_role("button", name="Perform action").click()
    expect(page.get_by_text("left_alone")).to_be_visible()
    sources = ask(page, {"type": "energy/get_prefs"})["energy_sources"]
    assert [each["name"] for each in sources] == ["Grid", "Solar", "Battery", "Home"]
    page.goto("/energy")
    for name in ("Grid exported", "Battery charged"):
        legend = page.get_by_text(name, exact=True).first
        expect(legend).to_be_visible(timeout=PAST_WRITTEN)
    check_wording(page)


def test_discovery(page: Page) -> None:
    """A lease becomes a card and a form, and its errors are texts."""
    happen(page, "lease")
    page.goto(DASHBOARD)
    card = page.locator("ha-config-flow-card").filter(has_text="(127.0.0.1)")
    expect(card).to_be_visible()
    check_wording(page)
    card.get_by_role("button", name="Add").click()
    with dialog(page, CONFIG["step"]["discovery_confirm"]["title"]):
        password_of(page).fill("x")
        submit(page)
        expect(page.get_by_text(CONFIG["error"]["cannot_connect"])).to_be_visible()
        check_wording(page)


def test_reauthentication(page: Page, home: Home) -> None:
    """The card has the gateway's name, and the form asks until the password is right."""
    control = page.request
    assert control.post(f"{home.control_url}/logins", data={"refuse": 401}).ok
    assert control.post(f"{home.control_url}/expire-tokens").ok
    page.goto(DASHBOARD)
    card = page.locator("ha-config-flow-card").filter(has_not_text="127.0.0.1")
    expect(card).to_be_visible(timeout=NEXT_POLL)
    expect(card).to_contain_text("Tesla Energy Gateway")
    check_wording(page)
    card.get_by_role("button", name="Reconfigure").click()
    with dialog(page, CONFIG["step"]["reauth_confirm"]["title"]):
        password_of(page).fill("WRONG")
        submit(page)
        expect(page.get_by_text(CONFIG["error"]["invalid_auth"])).to_be_visible()
        check_wording(page)
        assert control.post(f"{home.control_url}/logins", data={"refuse": None}).ok
        password_of(page).fill(home.password)
        submit(page)
        expect(page.get_by_text("Re-authentication was successful")).to_be_visible()
        check_wording(page)


def test_reconfiguration_with_another_certificate(page: Page) -> None:
    """Both certificates are shown, on the page of the entry too."""
    happen(page, "certificate")
    page.goto(INTEGRATION)
    expect(page.get_by_text("The gateway's certificate has changed")).to_be_visible()
    check_wording(page)
    open_menu(page, "Reconfigure")
    with dialog(page, CONFIG["step"]["reconfigure"]["title"]):
        expect(password_of(page)).to_have_value("")
        submit(page)
        expect(page.get_by_text("New: ")).to_be_visible()
        check_wording(page)


@pytest.mark.parametrize(
    ("event", "kind"),
    [
        ("reset", "counter_reset"),
        ("cts", "ct_changed"),
        ("certificate", "certificate_changed"),
    ],
)
def test_repair(page: Page, event: str, kind: str) -> None:
    """A repair is in the list, and its form has all its texts."""
    page.goto("/config/repairs")
    happen(page, event)
    issue = ISSUES[kind]
    title = re.compile(re.sub(r"\\{\w+\\}", ".+", re.escape(issue["title"])))
    page.get_by_text(title).first.click()
    check_wording(page)
    step = next(iter(issue["fix_flow"]["step"].values()))
    with dialog(page, step["title"]):
        pass
