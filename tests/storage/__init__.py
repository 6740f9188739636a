"""Tests of what outlives a restart, without Home Assistant where it can be."""
