"""The wiring checks one by one, on series of polls made for them."""
