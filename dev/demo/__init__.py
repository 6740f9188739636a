"""The demo: a simulated gateway and a real Home Assistant that shows its meters."""
