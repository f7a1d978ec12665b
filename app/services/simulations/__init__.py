"""Simulations: the script of one, the player that sends it, and the runs."""
