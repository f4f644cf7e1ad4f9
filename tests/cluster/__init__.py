"""Evaluations over real schedulers and workers on this machine's loopback."""
