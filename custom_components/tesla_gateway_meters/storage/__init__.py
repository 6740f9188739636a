"""Stores of what outlives a restart, and the state that is restored from them."""
