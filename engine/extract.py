"""Code out of a completion: from whatever a model wrote to the edits it meant."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from engine.code_blocks import PYTHON, Block, bare_code, fenced_blocks, owner, without_prose
from engine.edit_blocks import apply_edits, find_edits
from engine.model import Target, Task
from engine.splice import bound_names, find_definition, replace_body, splice
from engine.static_fixes import SHORT, add_missing_imports, clean_text, make_parse, parse
from engine.workspace import Workspace

MAX_COMPLETION = 300_000  # far beyond an answer; keeps hostile ones cheap
_THINKING = re.compile(r"<(think|thinking|reasoning)>.*?(</\1>|\Z)", re.S | re.I)
# Some templates open the thinking themselves: only its end is in the answer then.
_THINKING_END = re.compile(r"\A.*^[ \t]*</(think|thinking|reasoning)>[ \t]*$", re.S | re.M | re.I)
_LOOKS_LIKE_CODE = re.compile(r"^\s*(async\s+def|def|class)\s+\w+", re.M)


@dataclass(frozen=True, slots=True)
class Extracted:
    """New text by path, and the free repairs that were made; no edits means that there was no code."""

    edits: Mapping[str, str] = field(default_factory=dict)
    repairs: tuple[str, ...] = ()


def extract(completion: str, task: Task, base: Workspace) -> Extracted:
    """The edits that a completion makes to `base` (the candidate that the model was shown).

    Understood are edit blocks and unified diffs, fenced blocks (one or several, for one file or several),
    code without fences, a whole file, single functions or methods, and a bare function body.
    Code that does not parse is handed on as it is, so that its syntax error reaches the model.
    Never raises for any text.
    """
    asked = _Asked(completion, task.target, _plain(task.workspace), _plain(base), task, base)
    return _extracted_before(asked) if len(completion) <= SHORT else _extracted(asked)


@dataclass(frozen=True, slots=True)
class _Asked:
    """All that an answer's edits depend on, to be compared, and the two objects that it is found in."""

    completion: str
    target: Target
    given: object
    before: object
    task: Task = field(compare=False)
    base: Workspace = field(compare=False)


def _plain(workspace: Workspace) -> object:
    return tuple(sorted(workspace.files.items())), workspace.editable


def _extracted(asked: _Asked) -> Extracted:
    completion, task, base = asked.completion, asked.task, asked.base
    said = _THINKING.sub("", completion[:MAX_COMPLETION])
    text, repairs = clean_text(_THINKING_END.sub("", said, count=1))
    notes = list(repairs)
    found = _edited(text, task, base, notes) or _written(text, task, base, notes)
    edits: dict[str, str] = {}
    for path, code in found.items():
        fixed, more = make_parse(code)
        if not parse(fixed) and (kept := without_prose(fixed)):
            fixed, more = kept, ("left out prose among the code",)
        fixed, imports = add_missing_imports(fixed, _text(base, path))
        notes += [*more, *imports]
        edits[path] = fixed.strip("\n") + "\n"
    return Extracted(edits, tuple(dict.fromkeys(notes)))


_extracted_before = lru_cache(maxsize=64)(_extracted)  # models repeat themselves, to the letter


def _is_code(text: str) -> bool:
    return parse(text) is not None and _LOOKS_LIKE_CODE.search(text) is not None


def _text(base: Workspace, path: str) -> str:
    return base.text(path).replace("\r\n", "\n") if path in base.files else ""


def _edited(text: str, task: Task, base: Workspace, notes: list[str]) -> dict[str, str]:
    """What edit blocks or diff hunks make of the base; nothing when none of them finds its place."""
    changed: dict[str, str] = {}
    lost = 0
    for edit in find_edits(text):
        path = owner(edit.path, base.editable, task.target.file)
        before = changed.get(path, _text(base, path))
        after, missed = apply_edits(before, [edit]) if path else ("", 1)
        lost += missed
        if not missed:
            changed[path] = after
    if changed and lost:
        notes.append(f"{lost} edit{'s' if lost > 1 else ''} did not match the file")
    return changed


def _written(text: str, task: Task, base: Workspace, notes: list[str]) -> dict[str, str]:
    """What blocks of code make of the base."""
    fenced = fenced_blocks(text)
    blocks = [block for block in fenced if block.language in PYTHON]
    if not any(block.text.strip() for block in blocks):
        blocks = [Block(text if _is_code(text) else bare_code(text) or ("" if fenced else text))]
    by_path: dict[str, list[Block]] = {}
    for block in blocks:
        path = owner(block.path, base.editable, task.target.file)
        if path:
            by_path.setdefault(path, []).append(block)
        else:
            notes.append(f"left out {block.path}, which is not part of this task")
    found: dict[str, str] = {}
    for path, group in by_path.items():
        function = task.target.function if path == task.target.file else ""
        # a base that no longer parses cannot take a part: the given code can
        old = next((t for t in (_text(base, path), _text(task.workspace, path)) if parse(t)), "")
        code = _chosen(group, old, function, notes)
        if code is not None:
            found[path] = code
    return found


def _chosen(group: Sequence[Block], old: str, function: str, notes: list[str]) -> str | None:
    """The new text of one file: the best of its blocks, set into the old text where it is only a part."""
    parsed = [(make_parse(block.text), block) for block in group]
    usable = [(code, more, tree) for (code, more), _ in parsed if (tree := parse(code)) and tree.body]
    fresh = [item for item in usable if len(usable) == 1 or not _only_quotes(item[2], old)] or usable
    if fresh:
        code, more, tree = max(fresh, key=lambda item: _worth(item[2], item[0], old, function))
        helpers = _helpers(fresh, tree, old)
        body = _bare_body(tree, function)
        if body and (whole := replace_body(code, old, function)):
            notes += [*more, f"put a bare body into {function}"]
            return whole
        if _changes_something(tree, old):
            notes += more
            return splice("\n\n".join([*helpers, code]), old)
    broken = max((block for block in group), key=lambda block: len(block.text))
    if broken.closed and (kept := without_prose(broken.text)):
        notes.append("left out prose among the code")
        return splice(kept, old)
    if not broken.closed:
        kept = bare_code(broken.text)
        if kept and (tree_kept := parse(kept)) and (not function or find_definition(tree_kept, function)):
            notes.append("the answer broke off: kept what was whole")
            return splice(kept, old)
    return broken.text if _LOOKS_LIKE_CODE.search(broken.text) else None


def _changes_something(tree: ast.Module, old: str) -> bool:
    """Definitions, or values that the old file has; for a file that is not there yet any statement."""
    if any(isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) for node in tree.body):
        return True
    if not old.strip():
        return any(not isinstance(node, ast.Expr) for node in tree.body)
    return bool(bound_names(tree) & bound_names(parse(old) or ast.Module([], [])))


def _worth(tree: ast.Module, code: str, old: str, function: str) -> tuple[bool, int, int]:
    """Blocks that define the target first, then those that cover more of the old file, then the longest."""
    before = parse(old)
    wanted = bound_names(before) if before else set()
    name = function.rpartition(".")[2]
    defines = bool(function) and (
        find_definition(tree, function) is not None or find_definition(tree, name) is not None
    )
    return defines, len(wanted & bound_names(tree)), len(code)


def _only_quotes(tree: ast.Module, old: str) -> bool:
    """A block that repeats definitions of the old file unchanged, as models do before they change them."""
    before = _shapes(old)
    return before is not None and bool(tree.body) and all(_shape(node) in before for node in tree.body)


@lru_cache(maxsize=8)
def _shapes(code: str) -> frozenset[str] | None:
    tree = parse(code)
    return None if tree is None else frozenset(_shape(node) for node in tree.body)


def _shape(node: ast.AST) -> str:
    try:
        return ast.dump(node)
    except RecursionError:
        return ""


def _helpers(
    usable: Sequence[tuple[str, tuple[str, ...], ast.Module]], chosen: ast.Module, old: str
) -> list[str]:
    """Other blocks that define names which the chosen one and the old file lack, and the chosen one uses."""
    if len(usable) == 1:
        return []
    used = {node.id for node in ast.walk(chosen) if isinstance(node, ast.Name)}
    have = bound_names(chosen) | bound_names(parse(old) or ast.Module([], []))
    return [code for code, _, tree in usable if tree is not chosen and (bound_names(tree) - have) & used]


def _bare_body(tree: ast.Module, function: str) -> bool:
    """Statements that return at top level are a function's body without its head."""
    if not function:
        return False
    inner = [node for node in tree.body if not isinstance(node, ast.FunctionDef | ast.ClassDef)]
    return any(isinstance(node, ast.Return | ast.Yield) for top in inner for node in ast.walk(top))
