"""The tables in the documents."""

from .table import PAGE, placed


def test_the_page_has_the_tables_of_the_matrix() -> None:
    """The page has the tables of the tested rows."""
    page = PAGE.read_text(encoding="utf-8")
    assert page == placed(page), "python -m tests.faults writes it anew"
