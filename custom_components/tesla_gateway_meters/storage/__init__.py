"""Stored files, and the state that is restored from them."""
