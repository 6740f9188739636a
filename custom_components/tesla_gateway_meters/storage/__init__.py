"""Files that outlive a restart, and the state that is restored from them."""
