"""Trial of the wiring checks on simulated homes: false alarms and faults found."""
