"""A run written down to be sent: Markdown, or an HTML page that needs nothing else."""

from __future__ import annotations

from html import escape

from engine.export import Block, document
from engine.export_text import Clean
from engine.history import History
from sandbox.contract import Verdict


def to_markdown(history: History) -> str:
    """The run as Markdown; what came from outside stands in fences that it cannot close."""
    parts = []
    for block in document(history, Clean()):
        if block.level:
            parts.append(f"{'#' * block.level} {_inline(block.text)}")
        elif block.kind:
            fence = "`" * max(3, _longest_run(block.text) + 1)
            parts.append(f"{fence}{block.kind}\n{block.text.rstrip()}\n{fence}")
        else:
            parts.append(_inline(block.text))
    return "\n\n".join(parts) + "\n"


def to_html(history: History) -> str:
    """The run as one page: no script, no request to anywhere."""
    title = escape(history.task.id if history.task else "run")
    body = "\n".join(_html(block) for block in document(history, Clean()))
    verdict = "solved" if history.verdict is Verdict.PASSED else "open"
    return _PAGE.format(title=title, style=_STYLE, verdict=verdict, body=body)


def _html(block: Block) -> str:
    if block.level:
        return f"<h{block.level}>{escape(block.text)}</h{block.level}>"
    if block.kind == "diff":
        return f"<pre>{''.join(_diff_line(line) for line in block.text.splitlines())}</pre>"
    return f"<pre>{escape(block.text)}</pre>" if block.kind else f"<p>{escape(block.text)}</p>"


def _diff_line(line: str) -> str:
    name = {"+": "add", "-": "del", "@": "at"}.get(line[:1], "")
    shown = f'<span class="{name}">{escape(line)}</span>' if name else escape(line)
    return f"{shown}\n"


def _inline(text: str) -> str:
    flat = " ".join(text.split())
    return "".join(f"\\{c}" if c in "\\`*_[]<>#|!" else c for c in flat)


def _longest_run(text: str) -> int:
    longest = run = 0
    for character in text:
        run = run + 1 if character == "`" else 0
        longest = max(longest, run)
    return longest


_STYLE = (
    "body{font:15px/1.5 system-ui,sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem;"
    "color:#1c1c1c;background:#fff}pre{font:13px/1.4 monospace;background:#f4f4f4;padding:.7rem;"
    "overflow:auto;white-space:pre-wrap;overflow-wrap:anywhere}.add{color:#05600a}.del{color:#a00}"
    ".at{color:#555}h2{border-top:1px solid #ccc;padding-top:1rem}"
    "@media(prefers-color-scheme:dark){body{color:#ddd;background:#161616}pre{background:#222}"
    ".add{color:#7fd787}.del{color:#ff8a8a}.at{color:#aaa}}"
)
_PAGE = """<!doctype html>
<html lang="en" data-verdict="{verdict}">
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width">
<title>{title}</title>
<style>{style}</style>
{body}
</html>
"""
