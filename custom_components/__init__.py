"""Custom integrations, which Home Assistant loads from here."""
