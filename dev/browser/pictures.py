"""The README's pictures: the same page by day and by night."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from playwright.sync_api import Page, expect

# The dots that run along the lines of the energy distribution never stand still.
STOP_DOTS = """
() => {
  const roots = [document];
  for (const root of roots) {
    root.querySelectorAll("svg").forEach(svg => svg.pauseAnimations());
    root.querySelectorAll("*").forEach(each => each.shadowRoot && roots.push(each.shadowRoot));
  }
}
"""
MOST_LOOKS = 50
_DRAWN_AFTER = 3000  # ms; cards of energy come empty, and look the same twice
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")


@dataclass(frozen=True, slots=True, kw_only=True)
class Camera:
    """A camera for screenshots of the page."""

    page: Page
    folder: Path
    kept: bool

    def take(
        self, name: str, *, height: int, width: int = 1400, is_dialog: bool = False
    ) -> list[Path]:
        """Take `name-light.png` and `name-dark.png`; return their paths.

        Charts keep the colours that they were drawn with, so the page is loaded for each,
        except for a dialog, which that would close.
        """
        pictures = []
        self.page.set_viewport_size({"width": width, "height": height})
        for scheme in SCHEMES:
            self.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            if not is_dialog:
                self.page.reload()
                expect(self.page.get_by_role("link", name="Settings")).to_be_visible()
                self.page.wait_for_timeout(_DRAWN_AFTER)
            path = self.folder / f"{name}-{scheme}.png"
            path.write_bytes(_still(self.page))
            pictures.append(path)
        return pictures


def _still(page: Page) -> bytes:
    """Wait until two screenshots are equal, as charts and icons load later."""
    last = b""
    for _ in range(MOST_LOOKS):
        page.evaluate(STOP_DOTS)
        now: bytes = page.screenshot(animations="disabled")
        if now == last:
            return now
        last = now
    raise RuntimeError(f"{page.url} never stands still.")
