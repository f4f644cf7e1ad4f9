"""Prompts from templates: loaded, checked, rendered, and cut by us to fit the model's window."""

from __future__ import annotations

import re
from dataclasses import fields
from functools import lru_cache
from hashlib import sha256
from importlib.resources import files
from pathlib import Path

from jinja2 import StrictUndefined, TemplateError, TemplateSyntaxError, meta, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from engine.errors import ConfigError, PromptTruncated
from engine.model import Prompt, PromptForm
from engine.prompt_context import CUTS, SAMPLES, PromptContext

SUFFIX = ".md.j2"
SYSTEM = "system"
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


class Prompts:
    """The templates by name: the shipped ones, each replaced by the user's own where there is one."""

    def __init__(self, user_dir: Path | None = None) -> None:
        self._user_dir = user_dir
        self._shipped = files("prompts")
        self._jinja = ImmutableSandboxedEnvironment(
            undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
        )
        self._jinja.filters["fenced"] = fenced
        self._compiled = lru_cache(maxsize=32)(self._jinja.from_string)

    def names(self) -> tuple[str, ...]:
        """Every template's name: "system" and one for each form."""
        return (SYSTEM, *(form.value for form in PromptForm))

    def source(self, name: str) -> str:
        """A template's text: the user's own where there is one, else the shipped one."""
        own = self._own(name)
        try:
            if own is not None and own.is_file():
                return own.read_text("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigError(
                f"cannot read the prompt template {own}: {error}", "mend or remove it"
            ) from None
        return self._shipped.joinpath(name + SUFFIX).read_text("utf-8")

    def is_own(self, name: str) -> bool:
        """Whether the user has a template of this name."""
        own = self._own(name)
        return own is not None and own.is_file()

    def save(self, name: str, text: str) -> None:
        """Keep the user's own version of a template; raises ConfigError when it is not valid."""
        own = self._own(name)
        if own is None:
            raise ConfigError("there is no folder for your own prompt templates")
        self.validate(name, text)
        temporary = own.with_name(f".{own.name}.new")
        try:
            own.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            temporary.write_text(text, "utf-8")
            temporary.replace(own)
        except OSError as error:
            temporary.unlink(missing_ok=True)
            raise ConfigError(f"cannot write {own}: {error.strerror or error}", "check the folder") from None

    def validate(self, name: str, text: str) -> None:
        """Check a template's syntax and every variable in it; raises ConfigError naming the line."""
        self._check_name(name)
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

    def render(self, form: PromptForm, context: PromptContext, window_tokens: int = 0) -> Prompt:
        """The prompt for a form, fitted to `window_tokens` (0: no limit) by cutting the least useful first.

        Raises ConfigError for a template that fails, PromptTruncated when nothing is left to cut.
        """
        sources = {name: self.source(name) for name in (SYSTEM, form.value)}
        cut: list[str] = []
        steps = iter(CUTS)
        while True:
            system = self._render_text(SYSTEM, sources[SYSTEM], context)
            user = self._render_text(form.value, sources[form.value], context)
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
        version = sha256("\0".join(sources.values()).encode("utf-8", "replace")).hexdigest()[:10]
        return Prompt(system, user, form, form.value, version, cut=tuple(cut))

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

    def _own(self, name: str) -> Path | None:
        self._check_name(name)
        return self._user_dir / (name + SUFFIX) if self._user_dir else None

    def _check_name(self, name: str) -> None:
        if name not in self.names():
            raise ConfigError(f"there is no prompt template {name!r}", f"there are {', '.join(self.names())}")


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
