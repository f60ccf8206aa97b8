"""Delivery: what is stored for a system or a party is brought there, by HTTPS or into a folder."""
