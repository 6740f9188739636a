"""One home and one browser for all tests, which run as a sequence of steps."""

from collections.abc import Iterator
from pathlib import Path
import shutil

from playwright.sync_api import Browser, Page, expect, sync_playwright
import pytest

from .home import ROOT, Home, bare_home
from .pages import log_in
from .pictures import Camera

FAILURES = ROOT / ".browser"
NAMES = ("chromium", "chromium-browser", "google-chrome")
PATIENCE = 15_000  # ms; nothing waits that long unless it is broken
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    # Pages of Home Assistant ask the internet for logos: nothing but loopback is to be found.
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let the pictures be kept."""
    parser.addoption(
        "--pictures",
        type=Path,
        help="keep the README's pictures in this folder, also the one that takes minutes",
    )


@pytest.fixture(name="home", scope="session")
def home_fixture() -> Iterator[Home]:
    """Yield a home whose gateway is not in Home Assistant yet."""
    with bare_home() as home:
        yield home


@pytest.fixture(name="browser", scope="session")
def browser_fixture() -> Iterator[Browser]:
    """Yield the machine's own Chromium."""
    paths = [path for name in NAMES if (path := shutil.which(name))]
    assert paths, "There is no Chromium here."
    with sync_playwright() as playwright:
        expect.set_options(timeout=PATIENCE)
        yield playwright.chromium.launch(executable_path=paths[0], args=ARGUMENTS)


@pytest.fixture(name="tab", scope="session")
def tab_fixture(home: Home, browser: Browser) -> Iterator[Page]:
    """Yield a tab that is logged in."""
    context = browser.new_context(
        base_url=home.url,
        timezone_id=home.time_zone,
        permissions=["clipboard-read", "clipboard-write"],
        viewport={"width": 1400, "height": 1000},
    )
    context.set_default_timeout(PATIENCE)
    tab = context.new_page()
    log_in(tab, home)
    yield tab
    context.close()


@pytest.fixture(name="page")
def page_fixture(tab: Page, request: pytest.FixtureRequest) -> Iterator[Page]:
    """Yield the tab to a test; save a screenshot if the test fails."""
    failed = request.session.testsfailed
    yield tab
    if request.session.testsfailed > failed:
        tab.screenshot(path=FAILURES / f"{request.node.name}.png")


@pytest.fixture(name="camera")
def camera_fixture(
    page: Page, request: pytest.FixtureRequest, tmp_path: Path
) -> Camera:
    """Return a camera, whose pictures are saved on demand."""
    folder: Path | None = request.config.getoption("--pictures")
    return Camera(page=page, folder=folder or tmp_path, kept=folder is not None)
