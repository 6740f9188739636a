"""The pages of the dashboard: each is made of sections, which are made of cards."""
