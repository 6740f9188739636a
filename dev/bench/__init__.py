"""The benchmark: the cost of a poll, compared with core's powerwall and other clients."""
