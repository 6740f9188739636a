"""Programs that run in the peers' environment, which has nothing of Home Assistant."""
