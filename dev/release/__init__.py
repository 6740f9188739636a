"""The check and the notes of a GitHub release."""
