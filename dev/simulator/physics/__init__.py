"""The physics of a simulated site: sun, house, battery, grid, and their energies."""
