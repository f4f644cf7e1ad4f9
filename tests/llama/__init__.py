"""The OpenAI-compatible provider against llama.cpp's server, built from source in `.venv-llama`."""
