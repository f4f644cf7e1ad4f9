"""Which addresses are spoken to, who is to blame when workers die; without dask."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from pydantic import TypeAdapter

from engine.errors import UsageError
from engine.evaluation.cluster.address import cluster_at
from engine.evaluation.cluster.line import SUSPECTS, Line
from engine.evaluation.cluster.order import pack, unpack
from engine.evaluation.problem import Problem
from engine.evaluation.unit import Unit, unit_adapter


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("127.0.0.1", "tcp://127.0.0.1:8786"),
        ("localhost:99", "tcp://localhost:99"),
        ("[::1]:99", "tcp://[::1]:99"),
        ("tcp://127.8.8.8:1", "tcp://127.8.8.8:1"),
        ("head", "tls://head:8786"),
        ("tls://10.0.0.3:5", "tls://10.0.0.3:5"),
    ],
)
def test_what_is_not_loopback_goes_unencrypted(text: str, address: str) -> None:
    assert cluster_at(text).address == address


@pytest.mark.parametrize(
    "text", ["tcp://head:8786", "tcp://10.0.0.3", "tcp://localhost.example.org", "tcp://0.0.0.0:1"]
)
def test_an_open_address_is_taken_without_being_asked_for(text: str) -> None:
    with pytest.raises(UsageError, match="not encrypted"):
        cluster_at(text)
    assert cluster_at(text, unencrypted=True).address.startswith("tcp://")


@pytest.mark.parametrize("text", ["ws://x", "inproc://x", "", "tls://", "tls://h:x", "tls://h/p", "u@h"])
def test_what_is_no_address_is_dialled(text: str) -> None:
    with pytest.raises(UsageError, match="no address"):
        cluster_at(text)


def test_options_that_contradict_each_other_are_taken(tmp_path: Path) -> None:
    for text, more in (
        ("tls://h", {"unencrypted": True}),
        ("tcp://127.0.0.1", {"ca": __file__}),
        ("tls://h", {"ca": str(tmp_path / "none")}),
    ):
        with pytest.raises(UsageError):
            cluster_at(text, **more)  # type: ignore[arg-type]


def unit(name: str) -> Unit:
    return Unit(Problem(name, "", "s.py", "", {}))


def test_a_neighbour_is_blamed() -> None:
    """Suspects are tried when nothing else is under way, one at a time, and only then are to blame."""
    a, b, c = unit("a"), unit("b"), unit("c")
    line = Line([a, b, c])
    assert (line.next(0, 2), line.next(1, 2), line.next(2, 2)) == (a, b, None)
    assert not line.is_to_blame(a) and not line.is_to_blame(b)
    assert line.next(0, 2) is c
    assert line.next(1, 2) is None, "no trial beside another"
    line.ended(c)
    assert line.next(0, 2) is a and line.next(0, 2) is None and line.next(1, 2) is None
    assert line.is_to_blame(a)
    assert line.next(0, 2) is b
    line.ended(b)
    assert line.next(0, 2) is None


def test_many_suspects_pile_up() -> None:
    line = Line(unit(str(number)) for number in range(1000))
    for _ in range(SUSPECTS):
        taken = line.next(0, 1)
        assert taken is not None and not line.is_to_blame(taken)
    assert line.next(1, 5) is None, "a trial waits for the others to end"
    assert (trial := line.next(0, 5)) is not None and trial.key == "0#0"


def test_half_a_character_is_lost_on_the_way() -> None:
    odd = Unit(Problem("odd", "\ud800", "s.py", "", {"t.py": "'\ud83d'"}))
    assert unpack(unit_adapter, pack(unit_adapter, odd)) == odd
    with pytest.raises(ValueError):
        unpack(TypeAdapter(Unit), b"{}")


def test_without_the_extra_the_remedy_is_unsaid() -> None:
    code = (
        "import sys; sys.modules['distributed'] = None; from tui.cli import main;"
        "sys.exit(main(['eval', 'humaneval', '--cluster', '127.0.0.1']))"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert said.returncode == 2
    (line,) = said.stderr.splitlines()
    assert "pip install 'coder-tui[cluster]'" in line


def test_dask_is_imported_by_a_plain_evaluation() -> None:
    code = "import sys, tui.commands.eval, tui.commands.worker; sys.exit('distributed' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
