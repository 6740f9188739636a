"""Checks of CTs and wiring by what is measured. Imports no Home Assistant."""
