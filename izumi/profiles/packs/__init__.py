"""Packs: one folder is one funder or field. Each is data; the engine above reads them."""
