"""Diagnoses of a running Home Assistant against sites that are wired wrong, and right."""
