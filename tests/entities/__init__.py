"""The entities as rows, from which `docs/entities.md` is written and tested.

Names, units and defaults are the integration's own. What it does not say in one place,
where a value comes from and what its sign means, stands in `facts`.
"""
