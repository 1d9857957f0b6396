"""Izumi: one governed layer over many stores, in which a data management plan executes."""

__version__ = "0.1.0"
