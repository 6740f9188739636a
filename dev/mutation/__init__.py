"""Mutates the integration, room by room, to find out what no test notices."""
