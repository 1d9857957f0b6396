"""Izumi: one governed layer over many stores, in which a data management plan executes."""

__version__ = "0.2.0"
