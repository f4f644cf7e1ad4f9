"""Run untrusted Python and say what happened; knows nothing of models, prompts or screens."""
