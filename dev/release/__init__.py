"""Checks and contents of a GitHub release."""
