"""Portbase: what is asked of it, and what it says."""
