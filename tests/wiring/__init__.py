"""Tests of wiring checks in Home Assistant, with and without wiring faults."""
