"""Evaluation: which model, prompt or setting solves more, measured by the loop that the user runs."""
