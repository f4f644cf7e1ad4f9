"""What turns a prompt into completions: ollama, groq, openai, search, replay."""
