"""`--plain` on a terminal: what can be done with a run as a numbered menu, one question a line."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace

from engine.errors import CoderTuiError, UsageError
from engine.history import History
from engine.model import Attempt
from engine.session import Session
from sandbox.contract import Verdict
from sandbox.errors import SandboxError
from tui.line_input import LineInput
from tui.menu_text import attempt_line, code_lines, hunks_of, log_lines, said
from tui.words import doubt, is_sealed_pass

Choice = tuple[str, Callable[[], Awaitable[None]]]
LEAVE = "0"


class Menu:
    """The menu of one run. `say` prints a line; `watch` starts something and prints it to its end."""

    def __init__(
        self,
        session: Session,
        run: str,
        say: Callable[[str], None],
        watch: Callable[[Callable[[], Awaitable[None]]], Awaitable[None]],
    ) -> None:
        self._session = session
        self._run = run
        self._say = say
        self._watch = watch
        self._ask = LineInput().ask

    @property
    def _history(self) -> History:
        return self._session.history(self._run)

    async def serve(self) -> None:
        """Ask until 0 or the end of input; what is refused is said in a line."""
        listed: list[str] = []
        while True:
            choices = self._choices()
            if listed != (listed := [words for words, _ in choices]):
                self._list(listed)
            answer = await self._ask("number (? lists them): ")
            if answer in (None, LEAVE):
                return
            if answer in ("", "?"):
                self._list(listed)
                continue
            try:
                await choices[self._number(answer, len(choices))][1]()
            except (CoderTuiError, SandboxError) as error:
                self._say(said(f"{error.message}. {error.remedy}" if error.remedy else error.message))

    def _list(self, choices: list[str]) -> None:
        for number, words in enumerate(choices, 1):
            self._say(f" {number} {words}")
        self._say(f" {LEAVE} leave")

    def _choices(self) -> list[Choice]:
        history = self._history
        choices: list[Choice] = []
        if history.attempts:
            choices += [
                ("accept an attempt: write its files", self._accept),
                ("accept one hunk of an attempt", self._accept_hunk),
                ("re-run from an attempt", self._rerun),
                ("edit an attempt's prompt in $EDITOR and run it", self._edit),
                ("reject an attempt, with a reason for the next prompt", self._reject),
                ("show an attempt: its difference and its test log", self._show),
            ]
        if history.verdict is not Verdict.PASSED:
            choices.append(("go on with the run" if history.attempts else "run it", self._begin))
        if history.accepted:
            choices.append((f"undo: take back {history.accepted}", self._undo))
        return [*choices, ("export the run as .html or .md", self._export)]

    @staticmethod
    def _number(answer: str | None, count: int) -> int:
        if answer is None or not answer.isdecimal() or not 1 <= int(answer) <= count:
            raise UsageError(f"{answer!r} is none of them", f"give a number from 0 to {count}")
        return int(answer) - 1

    async def _attempt(self) -> Attempt:
        """Ask for an attempt; an empty answer is the best one."""
        history = self._history
        for attempt in history.attempts.values():
            self._say(said(attempt_line(attempt, history)))
        answer = await self._ask(f"attempt [{history.best or '0'}]: ")
        name = answer or history.best or "0"
        if answer is None or name not in history.attempts:
            raise UsageError(f"there is no attempt {name}" if answer else "nothing was done")
        return history.attempts[name]

    async def _yes(self, question: str) -> bool:
        return (await self._ask(f"{said(question)} [y/N] ") or "").lower() in ("y", "yes")

    async def _accept(self) -> None:
        attempt = await self._attempt()
        if is_sealed_pass(attempt) or await self._yes(doubt(attempt)):
            done = await self._session.accept(self._run, attempt.id)
            self._say(said(f"accepted {attempt.id}: wrote {', '.join(done.paths)}"))

    async def _accept_hunk(self) -> None:
        from engine.hunks import hunk_edit

        attempt, task = await self._attempt(), self._history.task
        assert task is not None
        found = hunks_of(attempt, self._history)
        for number, (hunk, lines) in enumerate(found, 1):
            self._say(said(f" {number} {hunk.path}"))
            for line in lines:
                self._say(said(f"   {line}"))
        if not found:
            raise UsageError(f"attempt {attempt.id} changes nothing")
        hunk = found[self._number(await self._ask("hunk: "), len(found))][0]
        if await self._yes("it was not tested alone: accept it?"):
            edits = hunk_edit(task, hunk.path, hunk.before, hunk.after, hunk.number)
            done = await self._session.accept(self._run, attempt.id, edits)
            self._say(said(f"accepted a hunk of {attempt.id}: wrote {', '.join(done.paths)}"))

    async def _rerun(self) -> None:
        attempt = await self._attempt()
        await self._watch(lambda: self._session.rerun(self._run, attempt.id))

    async def _edit(self) -> None:
        from tui.outside_editor import edit_text

        attempt = await self._attempt()
        prompt = self._session.draft_prompt(self._run, attempt.id)
        text = await edit_text(prompt.user)
        if text == prompt.user:
            raise UsageError("the prompt is as it was: nothing was run")
        edited = replace(prompt, user=text, edited=True)
        await self._watch(lambda: self._session.rerun(self._run, attempt.id, edited))

    async def _reject(self) -> None:
        attempt = await self._attempt()
        reason = await self._ask("why (may be empty): ")
        if reason is not None:
            await self._session.reject(self._run, attempt.id, reason)
            self._say(f"rejected {attempt.id}")

    async def _show(self) -> None:
        attempt = await self._attempt()
        for line in (*code_lines(attempt, self._history), *log_lines(attempt)):
            self._say(said(line))

    async def _begin(self) -> None:
        await self._watch(lambda: self._session.begin(self._run))

    async def _undo(self) -> None:
        done = await self._session.undo(self._run)
        self._say(said(f"undone: {', '.join(done.paths)} as before"))

    async def _export(self) -> None:
        from engine.export_file import export_to

        name = await self._ask("file (.html or .md): ")
        if name:
            self._say(said(f"exported to {export_to(name, self._history)}"))
