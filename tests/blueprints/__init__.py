"""The blueprints, as automations of a Home Assistant that reads a simulated gateway."""
