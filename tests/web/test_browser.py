"""The screen in a real browser: open, run the example, accept, go to another run, end."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.web.chromium_page import browser
from tests.web.serving import serving

pytestmark = [pytest.mark.browser, pytest.mark.bubblewrap]


async def test_the_example_is_opened_run_and_accepted_in_a_browser(tmp_path: Path) -> None:
    pictures = []
    with serving(tmp_path) as served:
        async with browser(tmp_path / "browser") as page:
            await page.open(served.link)
            await page.wait("merge_intervals", "(local)", "Press Enter")
            pictures.append(await page.picture(tmp_path / "opened.png"))
            (file,) = (tmp_path / "state").rglob("merge_intervals.py")
            broken = file.read_text()

            await page.press("Enter")
            await page.wait(" PASS ", "namespace", "sealed", "best")
            pictures.append(await page.picture(tmp_path / "passed.png"))
            await page.press("a")
            await page.wait("accepted 1")
            pictures.append(await page.picture(tmp_path / "accepted.png"))
            assert file.read_text() != broken
            await page.press("u")
            await page.wait("took back 1")
            assert file.read_text() == broken

            await page.press("4")
            await page.wait("┏━ 4 Test log of 1")
            await asyncio.sleep(1.2)  # the place is kept within a second
            await page.value("window.old = true")
            await page.call("Page.reload")
            await page.until("!window.old")
            await page.wait("┏━ 4 Test log of 1", " PASS ", "best")  # where it stood
            await page.press("F5")  # the screen's, not the browser's
            await page.wait("1.1")
            await page.press("t")
            await page.wait("New task")
            (tmp_path / "wrong.py").write_text("def twice(n):\n    return n + n + 1\n")
            (tmp_path / "test_wrong.py").write_text(
                "from wrong import twice\n\n\ndef test_it():\n    assert twice(4) == 8\n"
            )
            await page.type(f"{tmp_path}/wrong.py")
            await page.wait("/wrong.py")
            await page.press("Tab")
            await page.type(f"{tmp_path}/test_wrong.py")
            await page.wait("/wrong.py", "/test_wrong.py")
            await page.press("F5")
            await page.wait("task wrong", "Press Enter")  # another screen in the same page
            await page.press("Enter")
            await page.wait("PASS", "best")
            await page.press("q")
            await page.until("document.body.classList.contains('-closed')")
            pictures.append(await page.picture(tmp_path / "ended.png"))
            outside = [link for link in page.asked if served.place not in link]
    assert len(set(pictures)) == len(pictures)
    assert all(picture.startswith(b"\x89PNG") and len(picture) > 5_000 for picture in pictures)
    assert outside == []
