"""Makes docs/screenshot.svg from a real run of the shipped example: `python scripts/screenshot.py`."""

from __future__ import annotations

import asyncio
import re
import tempfile
from pathlib import Path

from engine.config import load
from engine.examples import FIRST, example_task
from engine.session import Session
from tui.app import CoderTui

PICTURE = Path(__file__).parent.parent / "docs" / "screenshot.svg"


async def main() -> None:
    """Run the example on a screen of 120×40, wait for its end, and keep the picture."""
    with tempfile.TemporaryDirectory() as folder:
        places = {"paths.state": f"{folder}/state", "paths.cache": f"{folder}/cache"}
        config = load(overrides=places)
        async with Session(config) as session:
            task = example_task(FIRST, Path(folder) / "examples", config.limits.to_limits())
            run = await session.prepare(task)
            app = CoderTui(session, run)
            async with app.run_test(size=(120, 40)) as pilot:
                await pilot.press("enter")
                await pilot.pause(0.5)
                await session.wait(run)
                await pilot.pause(0.5)
                picture = app.export_screenshot(title="coder-tui").replace(folder, "~")
                # No fonts from elsewhere: a README is read offline too.
                PICTURE.write_text(re.sub(r"@font-face \{.*?\}\s*", "", picture, flags=re.DOTALL))


if __name__ == "__main__":
    asyncio.run(main())
