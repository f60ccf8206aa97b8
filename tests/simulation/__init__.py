"""Seeded days and disorder, and what must hold in all of them."""
