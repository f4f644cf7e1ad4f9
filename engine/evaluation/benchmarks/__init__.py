"""Benchmarks by name, by folder or by file."""
