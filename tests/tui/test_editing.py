"""Editing a prompt, a template, and leaving both."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from textual.app import App

from engine.errors import CoderTuiError
from engine.model import Prompt
from engine.prompt_scope import Scope
from tests.tui import recording as rec
from tests.tui.conftest import Open
from tui.external import edit_outside
from tui.panes.editor import PromptEditor
from tui.screens.templates import Templates


async def test_an_edited_prompt_runs_as_a_child(open_screen: Open) -> None:
    async with open_screen(rec.passed()) as stage:
        await stage.press("K", "e", *"Be quick. jkq?", "f5")
        ((name, attempt, prompt),) = stage.feed.calls
        assert (name, attempt) == ("rerun", "2")
        assert isinstance(prompt, Prompt)
        assert prompt.edited
        assert prompt.user.startswith("Be quick. jkq?Your function fails")
        assert prompt.system == "You repair Python."
        assert not stage.app.main.query(PromptEditor)


async def test_a_draft_is_kept_when_the_editor_is_left(open_screen: Open) -> None:
    async with open_screen(rec.passed()) as stage:
        await stage.press("e", *"Draft ", "escape")
        assert stage.feed.calls == []
        assert stage.app.main.focused is stage.app.main.panes[1]
        await stage.press("e")
        assert stage.app.main.query_one(PromptEditor).text.startswith("Draft Your function")


async def test_commands_do_not_act_inside_the_editor(open_screen: Open) -> None:
    async with open_screen(rec.streaming(), running=True) as stage:
        await stage.press("e", "q", "s", "a", "tab", "1", "colon", "question_mark", "ctrl+p", "f1")
        assert stage.feed.calls == []
        assert stage.app.screen is stage.app.main
        assert stage.app.main.query_one(PromptEditor).text.startswith("qsa")
        assert stage.app.main.focused is stage.app.main.query_one(PromptEditor)


async def test_an_empty_prompt_is_not_run(open_screen: Open) -> None:
    async with open_screen(rec.passed()) as stage:
        await stage.press("e")
        stage.app.main.query_one(PromptEditor).text = "  "
        await stage.press("f5")
        assert stage.feed.calls == []
        assert "no text" in str(stage.app.main.query_one(PromptEditor).border_subtitle)


async def test_a_template_is_validated_as_typed_and_saved_when_right(
    open_screen: Open, tmp_path: Path
) -> None:
    async with open_screen(rec.passed()) as stage:
        await stage.press("E", "enter")
        await stage.until(lambda: bool(stage.app.main.query(PromptEditor)))
        editor = stage.app.main.query_one(PromptEditor)
        name = editor.subject.template
        assert name == "repair"  # the selected attempt's
        right = editor.text
        editor.text = "{% if %}"
        await stage.until(lambda: editor.has_class("invalid"))
        await stage.press("f5")
        assert list(tmp_path.iterdir()) == []
        editor.text = right + "\nBe brief."
        await stage.until(lambda: not editor.has_class("invalid"))
        await stage.press("f5")
        assert "Be brief." in stage.feed.prompts.source(name)
        assert stage.feed.calls == [("rerun", "3", None)]


async def test_a_template_for_one_project_is_compared_and_taken_back(open_screen: Open) -> None:
    async with open_screen(rec.passed()) as stage:
        await stage.press("E", "p")
        await stage.until(lambda: bool(stage.app.main.query(PromptEditor)))
        editor = stage.app.main.query_one(PromptEditor)
        assert "for this project" in str(editor.border_title)
        editor.text = "Mend {{ file }}."
        await stage.press("f5")
        assert stage.feed.prompts.scope("repair") is Scope.PROJECT
        await stage.press("E")
        listed = stage.app.screen
        assert isinstance(listed, Templates) and "> repair               this project's" in listed.list.text()
        await stage.press("d")
        assert "+Mend {{ file }}." in listed.list.text()
        await stage.press("escape", "b")
        assert "this project's" not in listed.list.text()
        assert stage.feed.prompts.scope("repair") is Scope.SHIPPED
        await stage.press("escape")
        assert stage.app.screen is stage.app.main


async def test_pasted_control_characters_are_made_visible(open_screen: Open) -> None:
    from textual.events import Paste

    async with open_screen(rec.passed()) as stage:
        await stage.press("e")
        stage.app.post_message(Paste("a\x1b]52;c;eA==\x07b"))
        editor = stage.app.main.query_one(PromptEditor)
        await stage.until(lambda: "52;c" in editor.text)
        assert "\x1b" not in editor.text


async def test_a_megabyte_pasted_on_one_line_is_folded_and_said(open_screen: Open) -> None:
    from textual.events import Paste

    async with open_screen(rec.passed()) as stage:
        await stage.press("e")
        editor = stage.app.main.query_one(PromptEditor)
        before = len(editor.text)
        stage.app.post_message(Paste("x" * 1_000_000))
        await stage.until(lambda: len(editor.text) > before)
        assert editor.text.count("x" * 2000 + "\n") == 499  # and what was pasted is all there
        assert editor.text.replace("\n", "").count("x" * 1_000_000) == 1
        assert "1 pasted line folded at 2,000 characters" in str(editor.border_subtitle)


async def test_an_editor_that_is_not_there_is_said(
    open_screen: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VISUAL", "no-such-editor-anywhere")
    async with open_screen(rec.passed()) as stage:
        await stage.press("e", "ctrl+g")
        assert "editor" in stage.bottom
        assert stage.app.main.editing


async def test_before_the_first_attempt_there_is_no_prompt_to_edit(open_screen: Open) -> None:
    async with open_screen([rec.started()]) as stage:
        await stage.press("e")
        assert "no attempt yet" in stage.bottom


async def test_the_users_editor_gets_the_text_and_gives_it_back(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    script = tmp_path / "editor"
    script.write_text("#!/bin/sh\nsed -i 's/all/every/' \"$1\"\n")
    script.chmod(0o700)
    monkeypatch.setenv("VISUAL", str(script))

    class Suspendable(App[str]):
        @contextmanager
        def suspend(self) -> Iterator[None]:
            yield

    assert await edit_outside(Suspendable(), "all tests") == "every tests"
    script.write_text("#!/bin/sh\nexit 3\n")
    with pytest.raises(CoderTuiError, match="ended with status 3"):
        await edit_outside(Suspendable(), "all tests")
