"""Tests of the simulated gateway itself."""
