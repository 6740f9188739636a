"""Write the tables of entities into `docs/entities.md`."""

from .page import PAGE, written

PAGE.write_text(written(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
