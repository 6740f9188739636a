"""Rules of Home Assistant and HACS for the repository's files.

A rule takes a repository and yields a complaint for each thing that hassfest, HACS or
Home Assistant would refuse. It reads files and imports nothing of what it checks.
"""
