"""What happens at a simulated site: sun, house, battery and grid, and the energy they move."""
