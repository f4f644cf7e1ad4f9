"""Editing a prompt or a template in place of pane 2."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from engine.errors import CoderTuiError
from engine.model import Prompt
from engine.prompt_scope import Scope
from tui.bridge import Session
from tui.external import edit_outside
from tui.screens.switching import Switching

if TYPE_CHECKING:
    from textual.widgets import TextArea

    from tui.panes.editor import PromptEditor, Subject
    from tui.screens.templates import Chosen


class Editing(Switching):
    """The editor's commands. Drafts are kept by what they are of, until they are run."""

    def __init__(self, session: Session, run: str) -> None:
        super().__init__(session, run)
        self.editor: PromptEditor | None = None
        self.drafts: dict[Subject, str] = {}
        self._draft: Prompt | None = None

    @property
    def editing(self) -> bool:
        """Whether the editor is open."""
        return self.editor is not None

    def focus_current(self) -> None:
        """An open editor has the keys."""
        if self.editor is not None:
            self.set_focus(self.editor)
        else:
            super().focus_current()

    async def action_edit(self) -> None:
        """Edit the prompt of the selected attempt, or the one that a model would get from there."""
        from tui.panes.editor import Subject

        if self.state.attempt is None:
            self.notice("there is no attempt yet: run it first, or edit a template with E")
            return
        try:
            prompt = self.session.draft_prompt(self.run, self.state.selected)
        except CoderTuiError as error:
            self.notice(str(error))
        else:
            await self._open(Subject(attempt=self.state.selected), prompt.user)
            self._draft = prompt

    def action_template(self) -> None:
        """Choose a template and edit it, compare it, or take one's own version back."""
        from tui.screens.templates import Templates

        prompt = self.state.attempt.prompt if self.state.attempt else None
        first = prompt.template if prompt else ""
        try:
            self.coder.push_screen(Templates(self.session.prompts, first), self._template)
        except CoderTuiError as error:
            self.notice(str(error))

    async def _template(self, chosen: Chosen | None) -> None:
        from tui.panes.editor import Subject

        if chosen is None:
            return
        try:
            text = self.session.prompts.source(chosen.name)
        except CoderTuiError as error:
            self.notice(str(error))
        else:
            await self._open(Subject(template=chosen.name, scope=chosen.scope), text)

    async def _open(self, subject: Subject, text: str) -> None:
        from tui.panes.editor import PromptEditor

        self.editor = PromptEditor(subject, self.drafts.get(subject, text))
        self.current = 2
        await self.query_one("#left").mount(self.editor)
        self.arrange_panes()
        self.focus_current()
        self.paint_lines()

    async def _close(self) -> None:
        editor, self.editor = self.editor, None
        self.arrange_panes()
        self.focus_current()  # before the editor goes, or the focus would go elsewhere
        if editor is not None:
            await editor.remove()
        self.paint_lines()

    async def action_leave(self) -> None:
        """Leave the editor; the draft is there when it is opened again."""
        if self.editor is not None:
            self.drafts[self.editor.subject] = self.editor.text
            await self._close()

    def on_text_area_changed(self, event: TextArea.Changed) -> None:
        """A template is validated as it is typed."""
        if self.editor is not None and self.editor.subject.template:
            self.editor.complain(self._wrong(self.editor))

    def _wrong(self, editor: PromptEditor) -> str:
        try:
            self.session.prompts.validate(editor.subject.template, editor.text)
        except CoderTuiError as error:
            return str(error)
        return ""

    async def action_go(self) -> None:
        """In an editor: run with this text. Else what it does elsewhere."""
        editor = self.editor
        if editor is None:
            await super().action_go()
            return
        subject, text = editor.subject, editor.text
        if not text.strip():
            editor.complain("there is no text to run with")
            return
        if subject.template:
            try:
                self.session.prompts.save(subject.template, text, subject.scope)
            except CoderTuiError as error:
                editor.complain(str(error))
                return
        self.drafts.pop(subject, None)
        await self._close()
        self._run_with(subject, text)

    def _run_with(self, subject: Subject, text: str) -> None:
        if subject.template:
            self.action_rerun()
            whom = "this project" if subject.scope is Scope.PROJECT else "all your projects"
            self.notice(f"template {subject.template} is saved for {whom}")
            return
        if self._draft is not None:
            prompt = replace(self._draft, user=text, edited=True)
            work = self.session.rerun(self.run, subject.attempt, prompt)
            self.call(work, f"re-run from {subject.attempt} with the edited prompt")

    async def action_external(self) -> None:
        """Take the text to $VISUAL or $EDITOR and back."""
        if self.editor is None:
            return
        try:
            self.editor.text = await edit_outside(self.coder, self.editor.text)
        except CoderTuiError as error:
            self.notice(str(error))
