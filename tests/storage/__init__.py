"""Tests of what is kept over a restart, without Home Assistant if possible."""
