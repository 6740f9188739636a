"""All rows of the matrix, as the table has them."""

from . import rows_answers, rows_gateway, rows_network, rows_refusals

ROWS = rows_network.ROWS + rows_answers.ROWS + rows_refusals.ROWS + rows_gateway.ROWS
