"""Judgement of successive readings: pure functions and state, free of Home Assistant."""
