"""Writes the table of the matrix into `docs/reliability.md`, and prints it."""

from .table import PAGE, placed, render

table = render()
PAGE.write_text(placed(PAGE.read_text(encoding="utf-8"), table), encoding="utf-8")
print(table, end="")
