"""Steps on the pages of Home Assistant."""

from typing import Any

from playwright.sync_api import Page, expect

from .home import Home

DOMAIN = "tesla_gateway_meters"


def log_in(page: Page, home: Home) -> None:
    """Log in on the first page."""
    page.goto("/")
    page.get_by_role("textbox", name="Username").fill(home.user)
    page.get_by_role("textbox", name="Password").fill(home.login_password)
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("link", name="Settings")).to_be_visible()


def fill_in(page: Page, address: str, password: str) -> None:
    """Fill the integration's form in and send it."""
    page.get_by_role("textbox", name="Address").fill(address)
    page.get_by_role("textbox", name="Password").fill(password)
    page.get_by_role("button", name="Submit").click()


def ask(page: Page, message: dict[str, Any]) -> Any:
    """Send a websocket command by the page's connection, and return the result."""
    return page.evaluate(
        "message => document.querySelector('home-assistant').hass.callWS(message)",
        message,
    )
