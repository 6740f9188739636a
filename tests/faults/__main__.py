"""Write the tables of the matrix into `docs/reliability.md`."""

from .table import PAGE, placed

PAGE.write_text(placed(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
