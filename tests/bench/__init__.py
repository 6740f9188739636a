"""The benchmark's own parts that need no gateway."""
