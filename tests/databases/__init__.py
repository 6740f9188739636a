"""A day of polls in databases other than Home Assistant's own file."""
