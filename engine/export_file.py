"""A run as a file to send; its ending says what is written."""

from __future__ import annotations

from pathlib import Path

from engine.errors import UsageError
from engine.history import History


def export_to(name: str, history: History) -> Path:
    """Write a run as a page (.html) or as Markdown (.md), and return where. Raises UsageError.

    Never over what is there; `~` is the user's home.
    """
    from engine.export_pages import to_html, to_markdown

    path = Path(name.strip()).expanduser().absolute()
    makers = {".html": to_html, ".md": to_markdown}
    if path.suffix not in makers:
        raise UsageError(f"{path.name} is neither .html nor .md", "Give it one of these endings")
    try:
        text = makers[path.suffix](history)
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise UsageError(f"{path} is there already", "Give another name") from None
    except OSError as error:
        raise UsageError(f"cannot write {path}: {error.strerror}", "Give another folder") from None
    return path
