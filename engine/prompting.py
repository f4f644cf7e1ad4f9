"""Prompts from templates: loaded, checked, rendered, and cut by us to fit the model's window."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import fields
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from jinja2 import FunctionLoader, StrictUndefined, TemplateError, TemplateSyntaxError, meta, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from engine.errors import ConfigError, PromptTruncated
from engine.model import Prompt, PromptForm
from engine.prompt_context import CUTS, SAMPLES, PromptContext
from engine.prompt_scope import Scope
from engine.prompt_store import SYSTEM, PromptStore

MAX_TEMPLATE = 100_000


def estimate_tokens(text: str) -> int:
    """How many tokens a text may have, estimated high: one for three characters of source code.

    Other scripts take up to two tokens a character, so what is not ASCII counts by its UTF-8 bytes.
    """
    ascii_only = sum(char < "\x80" for char in text)
    return (ascii_only + 2) // 3 + len(text.encode("utf-8", "replace")) - ascii_only


def fenced(text: str, language: str = "python") -> str:
    """A Markdown block around a text, its fence longer than any inside it."""
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{language}\n{text.rstrip()}\n{fence}"


class Prompts(PromptStore):
    """The templates, checked before they are kept, and rendered to prompts."""

    def __init__(self, user_dir: Path | None = None, project_dir: Path | None = None) -> None:
        super().__init__(user_dir, project_dir)
        # A family's template may extend the one of its purpose; nothing else can be loaded.
        loader = FunctionLoader(
            lambda name: (self.source(name), None, None) if name in self.names() else None
        )
        self._jinja = ImmutableSandboxedEnvironment(
            undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, loader=loader, cache_size=0
        )
        self._jinja.filters["fenced"] = fenced
        self._compiled = lru_cache(maxsize=32)(self._jinja.from_string)

    def save(self, name: str, text: str, scope: Scope = Scope.USER) -> None:
        """Keep a version of one's own; raises ConfigError, naming the line, when it is not valid."""
        self.validate(name, text)
        self.keep(name, text, scope)

    def validate(self, name: str, text: str) -> None:
        """Check a template's syntax and every variable in it; raises ConfigError naming the line."""
        self.check_name(name)
        if len(text) > MAX_TEMPLATE:
            raise ConfigError(f"the template {name} has more than {MAX_TEMPLATE:,} characters", "shorten it")
        known = {field.name for field in fields(PromptContext)}
        try:
            tree = self._jinja.parse(text)
            unknown = meta.find_undeclared_variables(tree) - known
        except TemplateSyntaxError as error:
            raise ConfigError(
                f"template {name}, line {error.lineno}: {error.message}", "mend the line"
            ) from None
        for node in tree.find_all(nodes.Name):
            if node.name in unknown:
                nearest = f"did you mean {_nearest(node.name, known)}?"
                raise ConfigError(
                    f"template {name}, line {node.lineno}: there is no variable {node.name}", nearest
                )
        for sample in SAMPLES:
            self._render_text(name, text, sample)

    def render(
        self, form: PromptForm, context: PromptContext, window_tokens: int = 0, family: str = ""
    ) -> Prompt:
        """The prompt for a form, fitted to `window_tokens` (0: no limit) by cutting the least useful first.

        Raises ConfigError for a template that fails, PromptTruncated when nothing is left to cut.
        """
        names = [self.chosen(name, family) for name in (SYSTEM, form.value)]
        sources = {name: self.source(name) for name in names}
        cut: list[str] = []
        steps = iter(CUTS)
        while True:
            system, user = (self._render_text(name, sources[name], context) for name in names)
            needed = estimate_tokens(system) + estimate_tokens(user)
            if window_tokens <= 0 or needed <= window_tokens:
                break
            for what, shorten in steps:
                shorter = shorten(context)
                if shorter != context:
                    context = shorter
                    cut.append(what)
                    break
            else:
                raise PromptTruncated(
                    f"the prompt needs about {needed:,} tokens, the model's window leaves {window_tokens:,}",
                    "use a model with a larger window, raise its context_tokens, or split the file",
                )
        version = self._version(form, sources)
        return Prompt(system, user, form, names[1], version, cut=tuple(cut), scope=str(self.scope(names[1])))

    def _version(self, form: PromptForm, sources: Mapping[str, str]) -> str:
        """A hash of every template that has a part in a prompt, also of those that one extends."""
        extended = {name: self.source(name) for name in (SYSTEM, form.value)}
        texts = {**extended, **sources}
        return sha256("\0".join(texts.values()).encode("utf-8", "replace")).hexdigest()[:10]

    def _render_text(self, name: str, text: str, context: PromptContext) -> str:
        values = {field.name: getattr(context, field.name) for field in fields(context)}
        try:
            rendered = self._compiled(text).render(values)
        except TemplateSyntaxError as error:
            raise ConfigError(
                f"template {name}, line {error.lineno}: {error.message}", "mend the line"
            ) from None
        except (TemplateError, TypeError, ValueError, ArithmeticError, LookupError, RecursionError) as error:
            line = _template_line(error)
            raise ConfigError(f"template {name}, line {line}: {error}", "mend the line") from None
        return rendered.strip() + "\n"


def _template_line(error: BaseException) -> int:
    """Jinja rewrites tracebacks so that the last frame called <template> has the template's own line."""
    line, trace = 0, error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == "<template>":
            line = trace.tb_lineno
        trace = trace.tb_next
    return line


def _nearest(name: str, known: set[str]) -> str:
    from difflib import get_close_matches

    return next(iter(get_close_matches(name, sorted(known), 1, 0.0)), "task")
