"""The fault matrix: everything that can go wrong with a gateway, and what comes of it.

`matrix` holds the rows, `run` puts one to the test, `table` prints them all for
`docs/reliability.md`.
"""
