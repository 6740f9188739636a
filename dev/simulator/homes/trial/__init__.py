"""Wiring checks on simulated homes: what they say of sound ones, and which faults they find."""
