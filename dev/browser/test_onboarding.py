"""The steps from adding the gateway to the figures in the energy dashboard.

The tests are one way, in their order: each begins where the one before it ended.
"""

from datetime import datetime
import json
import re
import time
from zoneinfo import ZoneInfo

from playwright.sync_api import Page, expect
import pytest

from .home import ROOT, Home
from .pages import DOMAIN, ask, fill_in
from .pictures import Camera

ENGLISH = json.loads(
    (ROOT / "custom_components" / DOMAIN / "translations" / "en.json").read_text()
)
ERRORS = ENGLISH["config"]["error"]
ACTION = "add_to_energy_dashboard"
PARTS = {"Grid", "Solar", "Battery", "Home", "Meter X", "Meter Y"}
# Of the dashboard that the action returns; the demo has a page of its car beside.
PAGES = ("Power", "Surplus", "Phases", "Energy", "Wiring")
OWN_PAGES = ("Power", "Surplus", "Car", "Phases", "Energy", "Wiring")
PASTED = "pasted-dashboard"
GATEWAY = "Tesla Energy Gateway"
PICTURE_HEIGHT = 1000
_PAST_WRITTEN_WITHIN = 240  # s
_CHARGES_WITHIN = 600  # s
_LONG_ENOUGH_TO_SEE = 480  # s


def test_the_integration_is_found(page: Page) -> None:
    """It is in the list behind Add integration, and asks for address and password."""
    page.get_by_role("link", name="Settings").click()
    page.get_by_text("Devices & services").click()
    page.get_by_role("button", name="Add integration").click()
    page.get_by_placeholder("Search for a brand name").fill("Tesla Gateway")
    page.get_by_role("button", name="Tesla Gateway Meters").click()
    expect(page.get_by_role("textbox", name="Address")).to_be_visible()


def test_a_wrong_address(page: Page, home: Home) -> None:
    """Nothing listens there: the form says so and waits."""
    fill_in(page, "127.0.0.1:1", home.password)
    expect(page.get_by_text(ERRORS["cannot_connect"])).to_be_visible()


def test_a_wrong_password(page: Page, home: Home) -> None:
    """The gateway refuses it: the form says so, and no longer blames the address."""
    fill_in(page, home.address, "WRONG")
    expect(page.get_by_text(ERRORS["invalid_auth"])).to_be_visible()
    expect(page.get_by_text(ERRORS["cannot_connect"])).to_have_count(0)


def test_it_is_added(page: Page, home: Home) -> None:
    """With the right ones it is added, and its devices are offered names and areas."""
    fill_in(page, home.address, home.password)
    page.get_by_role("button", name="Skip and finish").click()
    expect(page.get_by_text("Tesla Gateway Meters")).to_be_visible()


def test_its_devices(page: Page) -> None:
    """Locations and meters are devices; that of the site shows what it measures."""
    page.get_by_text("Tesla Gateway Meters").click()
    for name in (GATEWAY, *PARTS):
        expect(page.get_by_text(name, exact=True).first).to_be_visible()
    page.get_by_text("Grid", exact=True).click()
    row = page.locator("hui-sensor-entity-row").filter(has_text="Power L1")
    expect(row).to_contain_text(re.compile(r"-?[\d,.]+\sW"))
    expect(page.get_by_text("Unavailable", exact=True)).to_have_count(0)


def test_the_action(page: Page) -> None:
    """The README's link opens it filled in; it answers with what it added."""
    page.goto(f"/_my_redirect/developer_call_service?service={DOMAIN}.{ACTION}")
    page.get_by_role("button", name="Perform action").click()
    answer = page.get_by_text("stat_energy_from").first
    expect(answer).to_be_visible()
    expect(page.get_by_text("sensor.tesla_energy_gateway_solar_power")).to_be_visible()
    expect(page.get_by_text("dry_run: false")).to_be_visible()


def test_the_energy_dashboard(page: Page, home: Home, camera: Camera) -> None:
    """It shows the energy of this day, as Home Assistant's statistics have it."""
    midnight = datetime.now(ZoneInfo(home.time_zone)).replace(
        hour=0, minute=0, second=0, microsecond=0
    )
    # The demo writes the past of its home in its own time.
    deadline = time.monotonic() + _PAST_WRITTEN_WITHIN
    while (expected := _change(page, "solar_energy_produced", midnight)) < 1:
        assert time.monotonic() < deadline, "The sun has shone since the morning."
        page.wait_for_timeout(1000)
    page.get_by_role("link", name="Energy").click()
    row = page.get_by_role("row", name="Solar total")
    expect(row).to_contain_text(re.compile(r"[1-9][\d.]*\s*kWh"))
    shown = re.search(r"([\d.]+)\s*kWh", row.inner_text())
    assert shown, row.inner_text()
    assert float(shown[1]) == pytest.approx(expected, abs=0.1)
    light, dark = camera.take("energy", height=PICTURE_HEIGHT)
    assert light.read_bytes() != dark.read_bytes()


def _change(page: Page, sensor: str, since: datetime) -> float:
    """Return by how much a counter has risen, in kWh."""
    statistic = f"sensor.tesla_energy_gateway_{sensor}"
    rows: list[dict[str, float]] = ask(
        page,
        {
            "type": "recorder/statistics_during_period",
            "start_time": since.isoformat(),
            "period": "hour",
            "statistic_ids": [statistic],
            "types": ["change"],
            "units": {"energy": "kWh"},
        },
    ).get(statistic, [])
    return sum(row["change"] for row in rows)


def test_the_dashboard(page: Page, camera: Camera) -> None:
    """The demo's own dashboard has its pages, and no card that complains."""
    page.get_by_role("link", name="Gateway meters").click()
    _expect_pages_without_errors(page, OWN_PAGES)
    page.get_by_role("tab", name=PAGES[0]).click()
    solar = page.get_by_role("button", name=re.compile(r"^Solar [\d,.]+\sk?W"))
    expect(solar.first).to_be_visible()
    camera.take("dashboard", height=PICTURE_HEIGHT)


def _expect_pages_without_errors(page: Page, pages: tuple[str, ...] = PAGES) -> None:
    for name in pages:
        page.get_by_role("tab", name=name).click()
        expect(page.get_by_role("heading").first).to_be_visible()
        expect(page.locator("hui-error-card, hui-warning")).to_have_count(0)
        expect(page.get_by_text("Entity not found")).to_have_count(0)


def test_the_dashboard_of_the_action(page: Page) -> None:
    """The action's response is pasted into a new dashboard."""
    page.goto(f"/_my_redirect/developer_call_service?service={DOMAIN}.get_dashboard")
    page.get_by_role("button", name="Perform action").click()
    expect(page.get_by_text("max_columns").first).to_be_visible()
    page.get_by_role("button", name="Copy to clipboard", exact=True).click()
    ask(
        page,
        {
            "type": "lovelace/dashboards/create",
            "url_path": PASTED,
            "title": "Pasted",
            "mode": "storage",
        },
    )
    config = {"views": [{"title": "Home"}]}
    ask(page, {"type": "lovelace/config/save", "url_path": PASTED, "config": config})
    page.goto(f"/{PASTED}")
    page.get_by_role("button", name="Edit dashboard").click()
    page.get_by_role("button", name="Open dashboard menu").click()
    page.get_by_text("Raw configuration editor").click()
    page.locator(".cm-content").click()
    page.keyboard.press("Control+a")
    page.keyboard.press("Control+v")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Unsaved changes")).to_have_count(0)
    page.goto(f"/{PASTED}")
    _expect_pages_without_errors(page)


@pytest.mark.timeout(1800)
def test_the_car(page: Page, camera: Camera) -> None:
    """It charges with what is left over, and its page shows it beside solar and grid."""
    page.get_by_role("link", name="Gateway meters").click()
    page.get_by_role("tab", name="Car").click()
    charges = page.get_by_role("button", name=re.compile(r"^Car [1-9][\d.,]*\sk?W"))
    expect(charges).to_be_visible(timeout=_CHARGES_WITHIN * 1000)
    if camera.kept:
        page.wait_for_timeout(_LONG_ENOUGH_TO_SEE * 1000)
    camera.take("car", height=PICTURE_HEIGHT)


@pytest.mark.timeout(1800)
def test_a_repair(page: Page, camera: Camera, home: Home) -> None:
    """A CT that is turned round becomes a repair after ten minutes, and is on the dashboard."""
    if not camera.kept:
        pytest.skip("takes minutes: with --pictures only")
    control = page.request.post(
        f"{home.control_url}/wiring", data={"faults": ["flip:synchrometerY:2"]}
    )
    assert control.ok
    page.goto("/config/repairs")
    repair = page.get_by_text("the solar CT on L2 may be reversed")
    repair.click(timeout=20 * 60 * 1000)
    expect(page.get_by_text("Have it turned around")).to_be_visible()
    camera.take("repair", width=900, height=640, is_dialog=True)
    for name in ("Surplus", "Wiring"):
        page.goto(f"/gateway-meters/{name.lower()}")
        expect(page.get_by_role("heading").first).to_be_visible()
        camera.take(name.lower(), height=PICTURE_HEIGHT)
