"""Turn a task into an accepted fix; free of Textual; asyncio."""
