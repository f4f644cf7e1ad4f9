"""The screen in a browser: a small server, one process a browser tab, and the page."""
