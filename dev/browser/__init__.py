"""The demo in a real browser; `scripts/test-browser` runs these tests."""
