"""All rows of the matrix, as the tables have them."""

from . import rows_answers, rows_gateway, rows_hostile, rows_network, rows_refusals

ROWS = rows_network.ROWS + rows_answers.ROWS + rows_refusals.ROWS + rows_gateway.ROWS
# What no gateway does of itself.
HOSTILE = rows_hostile.ROWS
