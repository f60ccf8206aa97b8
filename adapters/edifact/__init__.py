"""EDIFACT: bytes of interchanges into checked messages, what is wrong with them, and back.

A library of the gateway and of no system's own, so it exposes no `SYSTEM`. From the bytes up:
marks and levels, tokens, frames, directory, judging; then control (CONTRL) and write.
"""
