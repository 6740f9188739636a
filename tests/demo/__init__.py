"""Tests of the demo; `scripts/demo --check` tests the rest of it, for real."""
