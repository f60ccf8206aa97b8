"""The HTTPS door: what a system's users send by HTTP, checked and sealed before any topic."""
