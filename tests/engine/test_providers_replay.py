"""Recordings as a provider, and providers by name."""

from __future__ import annotations

import gzip
import json
import os
from pathlib import Path

import pytest

from engine.config import load
from engine.errors import Exhausted, UsageError
from engine.model import Prompt, PromptForm, Sampling, Target, Task
from engine.providers.base import Done, Request, Text
from engine.providers.registry import NAMES, open_provider
from engine.providers.replay import ReplayProvider, read_recording
from engine.workshop import LazySandbox
from engine.workspace import Workspace
from sandbox.contract import Sandbox

SHARED = Path(os.environ.get("CODER_TUI_SHARED", Path(__file__).parents[3] / "shared"))
LINES: list[dict[str, object]] = [
    {"task_id": "a", "completions": ["one", "two"], "given_tests": ["assert 1"], "seed": "kept apart"},
    {"task_id": "b", "completions": []},
]


@pytest.fixture
def sandbox() -> Sandbox:
    return LazySandbox(load())


def write(path: Path, lines: list[dict[str, object]]) -> Path:
    text = "".join(json.dumps(line) + "\n" for line in lines).encode()
    path.write_bytes(gzip.compress(text) if path.suffix == ".gz" else text)
    return path


async def ask(provider: ReplayProvider, task: str, number: int) -> str:
    prompt = Prompt("", "", PromptForm.WRITE)
    request = Request(Task(task, "", Workspace(), Target("a.py"), {}), prompt, Sampling(), number)
    chunks = [chunk async for chunk in provider.complete(request)]
    assert isinstance(chunks[-1], Done) and isinstance(chunks[0], Text) and len(chunks) == 2
    return chunks[0].text


@pytest.mark.parametrize("name", ["r.jsonl", "r.jsonl.gz"])
async def test_attempt_n_gets_completion_n_and_no_more(tmp_path: Path, name: str) -> None:
    provider = ReplayProvider(write(tmp_path / name, LINES))
    assert [await ask(provider, "a", n) for n in (1, 2, 1)] == ["one", "two", "one"]
    with pytest.raises(Exhausted, match="2 completions for a"):
        await ask(provider, "a", 3)
    with pytest.raises(Exhausted, match=r"no task 'c'\. it has a, b"):
        await ask(provider, "c", 1)
    assert await provider.check() == f"{name}: 2 tasks, 2 completions"


async def test_a_recording_of_one_line_serves_any_task(tmp_path: Path) -> None:
    assert await ask(ReplayProvider(write(tmp_path / "r.jsonl", LINES[:1])), "whatever", 2) == "two"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty"),
        (b"\n\n", "is empty"),
        (b"not json\n", "line 1"),
        (b'{"task_id": "a", "completions": ["x"]}\n{"task_id": 3}\n', "line 2 .*task_id"),
        (b'{"task_id": "a", "completions": "x"}\n', "line 1 .*completions"),
        (b"\x1f\x8b\x08broken", "cannot read"),
        (b"\xff\xfe{}", "line 1"),
    ],
)
def test_a_broken_recording_is_one_clear_line(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "r.jsonl"
    path.write_bytes(content)
    with pytest.raises(UsageError, match=said) as error:
        read_recording(path)
    assert "\n" not in str(error.value)


def test_a_missing_recording_or_a_folder_is_one_clear_line(tmp_path: Path) -> None:
    for path in (tmp_path / "none.jsonl", tmp_path):
        with pytest.raises(UsageError, match="cannot read the recording"):
            read_recording(path)


@pytest.mark.shared
def test_the_shared_recording_is_read_whole() -> None:
    lines = read_recording(SHARED / "data" / "recording-codellama34b-humaneval.jsonl.gz")
    assert len(lines) == 164 and sum(len(line.completions) for line in lines.values()) == 714
    assert all(line.given_tests for line in lines.values())


def test_an_unknown_provider_is_named_with_the_nearest(sandbox: Sandbox) -> None:
    with pytest.raises(
        UsageError, match=r"no provider 'olama'. did you mean ollama\? There are search, ollama"
    ):
        open_provider("olama", "", load(), sandbox=sandbox)
    with pytest.raises(UsageError, match="--recording"):
        open_provider("replay", "", load(), sandbox=sandbox)


def test_every_known_provider_opens_without_a_network(
    sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GROQ_API_KEY", "gsk_test")
    recording = str(write(tmp_path / "r.jsonl", LINES))
    for name in NAMES:
        provider = open_provider(name, "", load(), sandbox=sandbox, recording=recording)
        assert provider.name == name and provider.endpoint
