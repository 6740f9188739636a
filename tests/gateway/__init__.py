"""Tests of the gateway client, without Home Assistant."""
