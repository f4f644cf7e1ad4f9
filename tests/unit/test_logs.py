"""Where the log goes, and what never enters it."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.logs import GUARDED, log_to


@pytest.fixture(autouse=True)
def root_as_before() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    for handler in [h for h in root.handlers if h not in handlers]:
        root.removeHandler(handler)
        handler.close()
    root.setLevel(level)


def test_warnings_reach_the_file_and_not_the_terminal(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    log_to(tmp_path / "log", "warning")
    logging.getLogger("engine.cache").warning("the cache is broken")
    logging.getLogger("engine.cache").info("a detail")
    assert "the cache is broken" in (tmp_path / "log").read_text()
    assert "a detail" not in (tmp_path / "log").read_text()
    assert capfd.readouterr() == ("", "")


def test_a_second_session_takes_the_log_over(tmp_path: Path) -> None:
    log_to(tmp_path / "first", "warning")
    log_to(tmp_path / "second", "warning")
    logging.getLogger("engine").warning("once")
    assert not (tmp_path / "first").exists()
    assert (tmp_path / "second").read_text().count("once") == 1


def test_clients_that_write_headers_stay_quiet_at_debug_level(tmp_path: Path) -> None:
    log_to(tmp_path / "log", "debug")
    for name in GUARDED:
        logging.getLogger(name).debug("authorization: Bearer secret")
    logging.getLogger("engine").debug("seen")
    assert (tmp_path / "log").read_text().count("\n") == 1
