"""A run as a document: whole, and harmless whatever is in it."""

from __future__ import annotations

from html.parser import HTMLParser

from engine.export_pages import to_html, to_markdown
from engine.history import rebuild
from tests.tui import recording as rec
from tests.tui.test_hostile import EVIL, evil_run


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.seen: set[str] = set()
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.add(tag)
        self.links += [name for name, _ in attrs if name in ("src", "href", "onload")]


def test_both_documents_tell_diff_findings_tests_and_prompt() -> None:
    history = rebuild(rec.passed())
    for text in (to_markdown(history), to_html(history)):
        assert "Attempt 3: passed 8/8, the best" in text
        assert "+    for divisor in range(2, int(n**0.5) + 1):" in text
        assert "starts other programs" in text
        assert "FAILED  test_solution.py::test_is" in text
        assert "Return the whole file." in text


def test_hostile_text_cannot_leave_its_place() -> None:
    events = [rec.started(description=f"</pre><script>alert(1)</script>\n```\n# x {EVIL}"), *evil_run()[1:]]
    history = rebuild(events)
    page, markdown = to_html(history), to_markdown(history)
    tags = Tags()
    tags.feed(page)
    assert tags.seen <= {"html", "meta", "title", "style", "h1", "h2", "h3", "p", "pre", "span"}
    assert tags.links == []
    assert "````text\n" in markdown  # a fence that the text cannot close
    for text in (page, markdown):
        assert not [c for c in text if (ord(c) < 0x20 and c not in "\n\t") or 0x7F <= ord(c) < 0xA0]
        assert "\u202e" not in text
        text.encode()


def test_a_run_that_has_only_begun_can_be_exported() -> None:
    assert "not over" in to_markdown(rebuild([rec.started()]))
    assert "empty" in to_html(rebuild([]))
