"""The tables in the documents."""

from .page import PAGE, written


def test_the_page_has_the_tables_of_the_code() -> None:
    """The page has the tables of the integration's descriptions."""
    page = PAGE.read_text(encoding="utf-8")
    assert page == written(page), "python -m tests.entities writes it anew"
