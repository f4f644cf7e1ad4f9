"""The search provider in a real sandbox: solves small bugs, offers alternatives, says why it stops."""

from __future__ import annotations

import re
import shutil
import time
from collections.abc import AsyncIterator

import pytest

from engine.errors import Exhausted
from engine.model import Attempt, Prompt, PromptForm, Sampling, Target, Task
from engine.providers.base import Done, Progress, Request, Text
from engine.providers.search import SearchProvider
from engine.workspace import Workspace
from sandbox.bubblewrap import BubblewrapSandbox
from sandbox.contract import Assurance, Verdict

pytestmark = [
    pytest.mark.bubblewrap,
    pytest.mark.skipif(
        shutil.which("bwrap") is None, reason="bwrap is not installed: apt install bubblewrap"
    ),
]

CLIP = """\
def clip(x, low, high):  # keep
    if x > low:
        return low
    return min(x, high)
"""
CLIP_TESTS = """\
from shapes import clip


def test_inside():
    assert clip(5, 0, 10) == 5
    assert clip(0, 0, 10) == 0


def test_below():
    assert clip(-3, 0, 10) == 0


def test_above():
    assert clip(30, 0, 10) == 10
"""


@pytest.fixture
async def sandbox() -> AsyncIterator[BubblewrapSandbox]:
    """A warm sandbox, closed afterwards."""
    box = BubblewrapSandbox()
    await box.start()
    yield box
    await box.close()


def task(code: str, tests: str, function: str = "") -> Task:
    """A task of one file."""
    workspace = Workspace({"shapes.py": code.encode()}, frozenset({"shapes.py"}))
    return Task("t", "", workspace, Target("shapes.py", function), {"test_shapes.py": tests.encode()})


async def ask(
    provider: SearchProvider, job: Task, *tried: str, parent: Attempt | None = None
) -> tuple[str, Done, list[Progress]]:
    """The text of the target file after one completion, its end and its progress."""
    prompt = Prompt("", "", PromptForm.REPAIR)
    request = Request(job, prompt, Sampling(), len(tried) + 1, parent, frozenset(tried))
    pieces: list[str] = []
    progress: list[Progress] = []
    async for chunk in provider.complete(request):
        match chunk:
            case Text(text):
                pieces.append(text)
            case Progress():
                progress.append(chunk)
            case Done(edits=edits) if edits is not None:
                assert "".join(pieces) == f"```python\n{edits['shapes.py']}```\n"
                return edits["shapes.py"], chunk, progress
    raise AssertionError("no Done")


async def test_wrong_comparison_is_repaired_sealed_with_its_comment(sandbox: BubblewrapSandbox) -> None:
    job = task(CLIP, CLIP_TESTS, "clip")
    text, done, progress = await ask(SearchProvider(sandbox, seconds=20), job)
    assert text in {CLIP.replace(">", "<"), CLIP.replace(">", "<=")}
    assert "line 2" in done.note
    assert re.fullmatch(r"search: [1-9][0-9,]* candidates, \d+\.\d s, best \d+ of \d+", progress[-1].what)
    fixed = job.workspace.edit("shapes.py", text)
    assert (await sandbox.execute(job.job(fixed), Assurance.SEALED)).verdict is Verdict.PASSED


async def test_missing_case_and_whole_file_without_a_named_function(sandbox: BubblewrapSandbox) -> None:
    code = "def first(xs):\n    return xs[0]\n\n\ndef last(xs):\n    return xs[-1]\n"
    tests = "from shapes import first, last\n\ndef test_a():\n    assert first([1, 2]) == 1\n"
    tests += "    assert last([1, 2]) == 2\n\ndef test_none():\n    assert last([]) is None\n"
    text, _, _ = await ask(SearchProvider(sandbox, seconds=20), task(code, tests))
    assert "return None" in text
    assert text.startswith("def first(xs):\n    return xs[0]\n\n\ndef last")


async def test_rejected_patch_is_followed_by_an_alternative_then_exhausted(
    sandbox: BubblewrapSandbox,
) -> None:
    job = task(CLIP, CLIP_TESTS, "clip")
    provider = SearchProvider(sandbox, seconds=8, alternatives=1)
    tried: list[str] = []
    for _ in range(2):
        text, _, _ = await ask(provider, job, *tried)
        tried.append(job.workspace.edit("shapes.py", text).digest())
    assert len(set(tried)) == 2
    with pytest.raises(Exhausted):
        for _ in range(40):
            text, done, _ = await ask(provider, job, *tried)
            assert "not whole" in done.note
            tried.append(job.workspace.edit("shapes.py", text).digest())


async def test_two_bugs_are_repaired_together_or_step_by_step(sandbox: BubblewrapSandbox) -> None:
    code = CLIP.replace("min", "max")
    job = task(code, CLIP_TESTS, "clip")
    provider = SearchProvider(sandbox, seconds=20)
    parent, tried = None, [job.workspace.digest()]
    for _ in range(4):
        text, done, _ = await ask(provider, job, *tried, parent=parent)
        workspace = job.workspace.edit("shapes.py", text)
        if (await sandbox.execute(job.job(workspace), Assurance.IN_PROCESS)).verdict is Verdict.PASSED:
            return
        assert "not whole" in done.note
        tried.append(workspace.digest())
        parent = Attempt("1", candidate=workspace)
    raise AssertionError("not repaired in four steps")


@pytest.mark.parametrize(
    ("code", "tests", "words"),
    [
        ("def clip(:\n", CLIP_TESTS, "does not parse"),
        (CLIP, "import not_there\n\ndef test_a():\n    pass\n", "cannot run the tests"),
        (CLIP.replace(">", "<"), CLIP_TESTS, "nothing to repair"),
        ("def clip(x, low, high):\n    ...\n", CLIP_TESTS, "cannot write `clip` from nothing"),
        ("def clip(x, low, high):\n    pass\n", CLIP_TESTS.replace("== 5", "== 'no'"), "candidates"),
    ],
)
async def test_hopeless_search_says_why(
    sandbox: BubblewrapSandbox, code: str, tests: str, words: str
) -> None:
    provider = SearchProvider(sandbox, seconds=8)
    job = task(code, tests, "clip" if "..." in code else "")
    tried: list[str] = []
    with pytest.raises(Exhausted, match=words):
        for _ in range(30):
            text, _, _ = await ask(provider, job, *tried)
            tried.append(job.workspace.edit("shapes.py", text).digest())


@pytest.mark.slow
async def test_search_gives_up_when_thousands_of_changes_pass_not_one_check_more(
    sandbox: BubblewrapSandbox,
) -> None:
    code = "def code_of(a, b, c):\n    total = a + b * c\n    if a > b:\n        total = total - c\n"
    code += "    for n in range(a):\n        total += n * b\n    return total % 97\n"
    tests = "from hashlib import sha256\nfrom shapes import code_of\n\n"
    tests += "def secret(*values):\n    return sha256(repr(values).encode()).hexdigest()\n\n"
    tests += "".join(
        f"def test_{n}():\n    assert code_of({n}, 2, 3) == secret({n}, 2, 3)\n\n" for n in range(4)
    )
    began = time.monotonic()
    with pytest.raises(
        Exhausted, match=r"gives up after 1[5-9],\d{3} candidates: none passes even one check"
    ):
        await ask(SearchProvider(sandbox, seconds=100), task(code, tests, "code_of"))
    assert time.monotonic() - began < 60


async def test_variant_that_exits_does_not_end_the_search(sandbox: BubblewrapSandbox) -> None:
    code = "import os\n\n\ndef half(n):\n    if n != 4:\n        return n / 2\n    os._exit(1)\n"
    tests = "from shapes import half\n\ndef test_a():\n    assert half(6) == 3\n    assert half(8) == 4\n"
    tests += "\n\ndef test_b():\n    assert half(10) == 5\n    assert isinstance(half(6), int)\n"
    text, _, _ = await ask(SearchProvider(sandbox, seconds=20), task(code, tests))
    assert "n // 2" in text or "int(n / 2)" in text or "int(n) // 2" in text


async def test_patches_that_disagree_are_told_with_the_test_that_would_settle_it(
    sandbox: BubblewrapSandbox,
) -> None:
    code = "def twice(x):\n    return x - 2\n"
    tests = "from shapes import twice\n\ndef test_a():\n    assert twice(2) == 4\n"
    text, done, _ = await ask(SearchProvider(sandbox, seconds=20), task(code, tests, "twice"))
    assert done.offer is not None
    assert "passes your tests" in done.offer.doubt
    call = re.search(r"twice\(.*?\)", done.offer.doubt)
    assert call is not None
    assert call[0] in done.offer.remedy
    space: dict[str, object] = {}
    exec(f"{text}\n{done.offer.remedy.partition(': ')[2]}", space)  # the test holds of the patch


async def test_unlikely_patch_waits_until_nothing_else_is_left(sandbox: BubblewrapSandbox) -> None:
    code = "def label(n):\n    return 'even' if n % 2 == 0 else str(n * 7)\n"
    tests = "from shapes import label\n\ndef test_a():\n    assert label(4) == 'even'\n"
    tests += "    assert label(3) == 'odd'\n"
    job = task(code, tests, "label")
    choosy = SearchProvider(sandbox, seconds=4, choosy=True)
    prompt = Prompt("", "", PromptForm.REPAIR)
    with pytest.raises(Exhausted, match="hardly meant"):
        [chunk async for chunk in choosy.complete(Request(job, prompt, Sampling(temperature=0.0)))]
    request = Request(job, prompt, Sampling(temperature=1.0), 2)
    edits = [chunk.edits async for chunk in choosy.complete(request) if isinstance(chunk, Done)]
    assert edits
    assert edits[0]
    assert "odd" in edits[0]["shapes.py"]
