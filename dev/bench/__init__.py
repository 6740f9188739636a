"""What a poll costs: this integration beside core's powerwall and its rivals' clients."""
