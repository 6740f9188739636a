"""Every entity as a row: `docs/entities.md` is written from the rows, and they are tested.

Names, units and defaults are the integration's own. What it does not say in one place,
where a value comes from and what its sign means, stands in `facts`.
"""
