"""Snapshots from successive polls: staleness, guards, surplus. Imports no Home Assistant."""
