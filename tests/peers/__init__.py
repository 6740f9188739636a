"""Programs for the peers' environment, which has no Home Assistant."""
