"""Text from candidate, model and tests cannot steer the terminal, wherever it is shown."""

from __future__ import annotations

import unicodedata
from dataclasses import replace

import pytest

from engine import events as ev
from engine.model import Diagnosis, Finding, Prompt, PromptForm, Severity, Usage
from sandbox.contract import Verdict
from tests.tui import recording as rec
from tests.tui.conftest import Open, Stage
from tests.tui.feed import RUN

EVIL = (
    "\x1b]0;owned\x07\x1b]52;c;eA==\x1b\\\x1bP$q\x1b\\\x1b[2J\x1b[31m"
    "\x9b2J\x9d0;t\x9c\r\x08\x7f\u202e[b]m[/b]\ud800"
)


def evil_run() -> list[ev.Event]:
    failure = replace(
        rec.failed_test("t", EVIL, EVIL).failure or pytest.fail("no failure"),
        message=EVIL,
        file=EVIL,
        local_values={EVIL: EVIL},
        traceback=EVIL,
    )
    test = replace(rec.failed_test(f"test_a.py::test_{EVIL}", EVIL, EVIL), failure=failure, message=EVIL)
    done = replace(
        rec.execution(3, output=EVIL * 50), tests=(test,), warnings=(EVIL,), ended=EVIL, error=failure
    )
    finding = Finding(EVIL, Severity.WARN, 1, 0, EVIL, EVIL, EVIL)
    prompt = Prompt(EVIL, f"{EVIL}\n{EVIL}", PromptForm.REPAIR, EVIL, EVIL, cut=(EVIL,))
    code = f"# {EVIL}\n"
    return [
        rec.started(task=EVIL, description=EVIL, function=EVIL, provider=EVIL, model=EVIL, endpoint=EVIL),
        rec.READY,
        ev.Notice(RUN, 101.0, "error", EVIL, EVIL),
        ev.AttemptStarted(RUN, 101.0, "1", "", "loop", EVIL, EVIL),
        ev.StrategyDecided(RUN, 101.0, "1", EVIL, EVIL),
        ev.PromptBuilt(RUN, 101.0, "1", prompt, 0.2),
        ev.ProviderProgress(RUN, 101.0, "1", EVIL),
        ev.CompletionReceived(RUN, 102.0, "1", EVIL, Usage(), EVIL),
        ev.CandidateBuilt(RUN, 102.0, "1", {"solution.py": code}, duplicate_of=EVIL),
        ev.GuardrailsChecked(RUN, 102.0, "1", (finding,)),
        ev.ExecutionEnded(RUN, 103.0, "1", done, False),
        ev.Diagnosed(RUN, 103.0, "1", Diagnosis(EVIL, EVIL)),
        ev.AttemptEnded(RUN, 104.0, "1", Verdict.FAILED, False, 1.0, "1"),
        ev.AttemptRejected(RUN, 104.0, "1", EVIL),
        ev.RunEnded(RUN, 105.0, Verdict.FAILED, 1, "1", EVIL, EVIL),
    ]


def check_screen(stage: Stage) -> None:
    for strip in stage.app.screen._compositor.render_strips():
        for segment in strip:
            bad = [c for c in segment.text if unicodedata.category(c) in ("Cc", "Cf", "Cs")]
            assert not bad, (segment.text, bad)


@pytest.mark.parametrize("size", [(120, 40), (80, 24)])
async def test_hostile_text_in_every_field_is_harmless_in_every_pane(
    open_screen: Open, size: tuple[int, int]
) -> None:
    async with open_screen(evil_run(), size=size) as stage:
        check_screen(stage)
        for keys in (["2", "G"], ["3"], ["d"], ["d"], ["4"], ["G"], ["5"], ["z"], ["z"], ["a"], ["n"], ["e"]):
            await stage.press(*keys)
            check_screen(stage)


async def test_ten_megabytes_on_one_line_open_at_once(open_screen: Open) -> None:
    done = replace(rec.execution(7), output="\x1b]0;t\x07" + "x" * 10_000_000)
    events = [rec.started(), rec.READY, *rec.given()[:2], *rec.judged("0", 100.0, done, "0")]
    async with open_screen(events) as stage:
        await stage.press("4", "G")
        check_screen(stage)
        assert "more characters" in stage.shown(4)
        assert len(stage.shown(4)) < 20_000


async def test_a_hundred_thousand_log_lines_stay_quick_to_walk(open_screen: Open) -> None:
    done = replace(rec.execution(7), output="\n".join(f"line {n}" for n in range(100_000)))
    events = [rec.started(), rec.READY, *rec.given()[:2], *rec.judged("0", 100.0, done, "0")]
    async with open_screen(events) as stage:
        await stage.press("4", "G")
        assert stage.app.main.panes[3].rows[stage.app.main.panes[3].cursor].text == "line 99999"
        await stage.press(*"kkkk")
        check_screen(stage)
