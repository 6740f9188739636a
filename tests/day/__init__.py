"""A whole day in Home Assistant, sped up, against every profile of the simulator."""
