"""Tests of what becomes of a poll, without Home Assistant."""
