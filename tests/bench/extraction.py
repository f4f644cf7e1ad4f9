"""Every completion of the recordings, dressed as models dress their answers: is its code taken out again?

    python tests/bench/extraction.py [--data DIR] [--limit N] [--form NAME] [--show N]

The recordings hold bare code. Each completion is put into every form below; right is an extraction in which
every statement of the completion stands again (its syntax tree, docstrings aside), or where a form carries
only a function, that function. Where a completion does not parse, right is code that does and that has its
function: prose after the code is left out.
"""

from __future__ import annotations

import argparse
import ast
import difflib
import gzip
import json
import sys
import textwrap
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from engine.extract import extract
from engine.joining import joined
from engine.model import Target, Task
from engine.providers.replay import read_recording
from engine.splice import find_definition
from engine.static_fixes import parse, undefined_names
from engine.workspace import Workspace

FILE = "solution.py"
PROSE = "The loop stops one element early, so the last pair is never compared."
AFTER = "This handles empty input too. Let me know if you need anything else!"


@dataclass(frozen=True)
class Given:
    """One completion: its code, the file before it, and the function that it is about."""

    name: str
    code: str
    before: str
    function: str


Form = Callable[[Given], str | None]
"""The answer in this form; None where the completion cannot be put into it."""


def bare(given: Given) -> str:
    return given.code


def fenced(given: Given) -> str:
    return f"```python\n{given.code}```\n"


def fenced_in_prose(given: Given) -> str:
    return f"{PROSE}\n\n```python\n{given.code}```\n\n{AFTER}\n"


def fence_without_language(given: Given) -> str:
    return f"{PROSE}\n```\n{given.code}\n```\n{AFTER}"


def bare_in_prose(given: Given) -> str:
    return f"{PROSE}\n\n{given.code}\n\n{AFTER}\n"


def fence_not_closed(given: Given) -> str:
    return f"{PROSE}\n\n```python\n{given.code}"


def indented(given: Given) -> str:
    return f"1. {PROSE}\n\n" + textwrap.indent(f"```python\n{given.code}```\n", "   ")


def windows_newlines(given: Given) -> str:
    return fenced_in_prose(given).replace("\n", "\r\n")


def tabs(given: Given) -> str:
    lines = given.code.split("\n")
    return fenced(Given(given.name, "\n".join(_tabbed(line) for line in lines), "", ""))


def _tabbed(line: str) -> str:
    depth = len(line) - len(line.lstrip(" "))
    return "\t" * (depth // 4) + " " * (depth % 4) + line.lstrip(" ")


def numbered(given: Given) -> str:
    lines = given.code.rstrip("\n").split("\n")
    return "```python\n" + "\n".join(f"{n:3} {line}" for n, line in enumerate(lines, 1)) + "\n```\n"


def typographic(given: Given) -> str | None:
    if '"' not in given.code or "\\" in given.code or "'" in given.code:
        return None
    halves = given.code.replace('"""', "\0").split('"')
    if len(halves) % 2 == 0 or len(halves) == 1:
        return None
    text = "".join(h + (("“", "”")[n % 2] if n < len(halves) - 1 else "") for n, h in enumerate(halves))
    return fenced(Given(given.name, text.replace("\0", '"""'), "", ""))


def after_thinking(given: Given) -> str:
    return f"<think>\n{_draft(given)}</think>\n{fenced_in_prose(given)}"


def thinking_without_its_head(given: Given) -> str:
    return f"{_draft(given)}</think>\n{fenced_in_prose(given)}"


def _draft(given: Given) -> str:
    body = "    pass\n" * 60  # longer than the answer, so that length does not choose
    return f"So we try\n```python\ndef {given.function}():\n{body}```\nNo.\n"


def quoted_first(given: Given) -> str:
    return f"You have:\n\n```python\n{given.before}```\n\n{PROSE} Better:\n\n```python\n{given.code}```\n"


def with_a_usage_example(given: Given) -> str:
    return f"{fenced_in_prose(given)}\nUsage:\n\n```python\nprint({given.function}.__name__)\n```\n"


def function_alone(given: Given) -> str | None:
    segment = _function(given)
    return f"{PROSE}\n\n```python\n{segment}\n```\n" if segment else None


def search_replace(given: Given) -> str | None:
    return _hunks(given, "<<<<<<< SEARCH\n{old}=======\n{new}>>>>>>> REPLACE\n")


def search_replace_fenced(given: Given) -> str | None:
    made = _hunks(given, f"{FILE}\n```python\n<<<<<<< SEARCH\n{{old}}=======\n{{new}}>>>>>>> REPLACE\n```\n")
    return made and f"{PROSE}\n\n{made}"


def unified_diff(given: Given) -> str | None:
    lines = _diff(given)
    return f"{PROSE}\n\n```diff\n" + "".join(lines) + "```\n" if lines else None


def diff_with_wrong_numbers(given: Given) -> str | None:
    lines = ["@@ -1,1 +1,1 @@\n" if line.startswith("@@") else line for line in _diff(given)]
    return "```diff\n" + "".join(lines) + "```\n" if lines else None


def diff_without_headers(given: Given) -> str | None:
    lines = [line for line in _diff(given) if not line.startswith(("---", "+++"))]
    return "```diff\n" + "".join(lines) + "```\n" if lines else None


def gone_on_exactly(given: Given) -> str:
    answer = fenced_in_prose(given)
    at = len(answer) // 2
    return joined(answer[:at], answer[at:])


def gone_on_in_a_new_fence(given: Given) -> str:
    answer = fenced(given)
    at = answer.rindex("\n", 0, len(answer) * 2 // 3) + 1
    return joined(answer[:at], f"```python\n{answer[at:]}")


def gone_on_with_a_line_repeated(given: Given) -> str:
    answer = fenced(given)
    at = answer.rindex("\n", 0, len(answer) * 2 // 3) + 1
    last = answer.rindex("\n", 0, at - 1) + 1
    return joined(answer[:at], answer[last:])


def written_again(given: Given) -> str:
    return joined(fenced(given)[: len(given.code) // 2], fenced(given))


def without_imports(given: Given) -> str | None:
    tree = parse(given.code)
    if tree is None:
        return None
    lines = given.code.split("\n")
    for node in tree.body:
        if isinstance(node, ast.Import | ast.ImportFrom):
            for number in range(node.lineno - 1, node.end_lineno or 0):
                lines[number] = ""
    return "```python\n" + "\n".join(lines).strip("\n") + "\n```\n"


ONLY_FUNCTION = {"function_alone"}
ONLY_NAMES = {"without_imports"}
FORMS: tuple[Form, ...] = (
    bare, fenced, fenced_in_prose, fence_without_language, bare_in_prose, fence_not_closed, indented,
    windows_newlines, tabs, numbered, typographic, after_thinking, thinking_without_its_head, quoted_first,
    with_a_usage_example, function_alone, search_replace, search_replace_fenced, unified_diff,
    diff_with_wrong_numbers, diff_without_headers, gone_on_exactly, gone_on_in_a_new_fence,
    gone_on_with_a_line_repeated, written_again, without_imports,
)  # fmt: skip


def _function(given: Given) -> str:
    tree = parse(given.code)
    node = find_definition(tree, given.function) if tree else None
    return ast.get_source_segment(given.code, node) or "" if node else ""


def _hunks(given: Given, form: str) -> str | None:
    before, after = given.before.splitlines(keepends=True), given.code.splitlines(keepends=True)
    made = []
    for group in difflib.SequenceMatcher(None, before, after, autojunk=False).get_grouped_opcodes(2):
        old = "".join(before[group[0][1] : group[-1][2]])
        new = "".join(after[group[0][3] : group[-1][4]])
        made.append(form.format(old=old, new=new))
    return "\n".join(made) or None


def _diff(given: Given) -> list[str]:
    before, after = given.before.splitlines(keepends=True), given.code.splitlines(keepends=True)
    return list(difflib.unified_diff(before, after, f"a/{FILE}", f"b/{FILE}"))


def every(data: Path, limit: int) -> Iterator[Given]:
    """Every completion of every recording; before the first one stands a stub."""
    with gzip.open(data / "HumanEval.jsonl.gz", "rt") as stream:
        names = {row["task_id"]: row["entry_point"] for row in map(json.loads, stream)}
    for path in sorted(data.glob("recording-*")):
        for line in list(read_recording(path).values())[: limit or None]:
            name = names[line.task_id]
            before = f"import math\n\n\ndef {name}(*args):\n    return None\n"
            for number, text in enumerate(line.completions):
                code = text.strip("\n") + "\n"
                yield Given(f"{line.task_id}#{number}", code, before, name)
                before = code if parse(code) and code != before else before


def right(form: Form, given: Given, answer: str) -> bool:
    """Whether the extraction is the program that the answer carries."""
    base = Workspace({FILE: given.before.encode()}, frozenset({FILE}))
    task = Task(given.name, "", base, Target(FILE, given.function), {})
    text = extract(answer, task, base).edits.get(FILE, "")
    if form.__name__ in ONLY_NAMES:
        tree = parse(text)
        return tree is not None and not set(undefined_names(text)) - set(undefined_names(given.code))
    if form.__name__ in ONLY_FUNCTION:
        tree = parse(text)
        node = find_definition(tree, given.function) if tree else None
        wanted = find_definition(parse(given.code) or ast.Module([], []), given.function)
        return node is not None and wanted is not None and shape(node) == shape(wanted)
    made, wanted = parse(text), parse(given.code)
    if made is None:
        return False
    if wanted is None:
        return find_definition(made, given.function) is not None
    return not Counter(map(shape, wanted.body)) - Counter(map(shape, made.body))


def shape(node: ast.AST) -> str:
    """A syntax tree without docstrings."""
    for inner in ast.walk(node):
        body = getattr(inner, "body", None)
        first = body[0] if isinstance(body, list) and body else None
        value = first.value if isinstance(first, ast.Expr) else None
        if isinstance(value, ast.Constant) and isinstance(value.value, str):
            value.value = ""
    return ast.dump(node)


def main() -> None:
    """Count for every form how many come out right."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path(__file__).resolve().parents[3] / "shared/data")
    parser.add_argument("--limit", type=int, default=0, help="only the first N problems")
    parser.add_argument("--form", default="", help="one form alone")
    parser.add_argument("--show", type=int, default=0, help="show so many wrong ones of each form")
    options = parser.parse_args()
    forms = [form for form in FORMS if options.form in ("", form.__name__)]
    made, good = Counter[str](), Counter[str]()
    began = time.process_time()
    shown = Counter[str]()
    for given in every(options.data, options.limit):
        for form in forms:
            answer = form(given)
            if answer is None:
                continue
            name = form.__name__
            made[name] += 1
            if right(form, given, answer):
                good[name] += 1
            elif shown[name] < options.show:
                shown[name] += 1
                print(f"--- {name} {given.name}\n{answer}\n")
    for form in forms:
        name = form.__name__
        print(f"{name.replace('_', ' '):32} {good[name]:4} of {made[name]:4}")
    total, all_good = sum(made.values()), sum(good.values())
    print(f"{'all':32} {all_good} of {total}, {1000 * (time.process_time() - began) / total:.1f} ms each")


if __name__ == "__main__":
    main()
