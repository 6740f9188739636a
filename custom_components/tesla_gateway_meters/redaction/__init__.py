"""Redact in the diagnostics what is not known to be harmless; imports no Home Assistant."""
