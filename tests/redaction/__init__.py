"""Tests of what becomes of a value in the diagnostics, without Home Assistant."""
