"""Tests of the dashboard that an action returns."""
