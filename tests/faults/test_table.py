"""The table in the documents."""

from .table import PAGE, placed, render


def test_the_page_has_the_table_of_the_matrix() -> None:
    """What people read is what the rows are tested against."""
    table = render()
    print(f"\n{table}")
    page = PAGE.read_text(encoding="utf-8")
    assert page == placed(page, table), "python -m tests.faults writes it anew"
