"""Problems in our own form: a JSON object with files and tests."""

from __future__ import annotations

from engine.errors import UsageError, WorkspaceError
from engine.evaluation.problem import FILE, Problem
from engine.evaluation.rows import Row, files_of, text_of, texts_of
from engine.evaluation.shown import named_tests, shown_tests
from engine.workspace import clean_path


def fits(row: Row) -> bool:
    """Whether a row is of this form."""
    return {"task_id", "tests"} <= row.keys()


def load(row: Row) -> Problem:
    """One problem. Raises UsageError that names the field at fault.

    `{"task_id", "description", "function", "tests": {path: text}}` and, as wanted, `"file"` (solution.py),
    `"files"` (the code as given), `"shown"` (the loop's tests: files, or assertions), `"reference"`,
    `"requirements"`. Without `shown` the description's examples are what the loop sees.
    """
    tests, name = files_of(row, "tests"), text_of(row, "function", "")
    file, said = text_of(row, "file", FILE), text_of(row, "description", "")
    if not tests:
        raise UsageError("'tests' is empty")
    given = row.get("shown")
    if isinstance(given, dict):
        shown = files_of(row, "shown")
    elif given:
        shown = in_module(named_tests(texts_of(row, "shown"), name), file)
    else:
        shown = shown_of(name, file, said)
    for path in (file, *files_of(row, "files"), *tests, *shown):
        _check(path)
    return Problem(
        id=text_of(row, "task_id"),
        description=said,
        file=file,
        function=name,
        files=files_of(row, "files"),
        judge=tests,
        shown=shown,
        shown_from="named" if given else "docstring",
        reference=text_of(row, "reference", ""),
        requirements=texts_of(row, "requirements"),
    )


def existence_tests_of_file(file: str) -> dict[str, str]:
    """That the file can be imported, where no function is named."""
    module = file.removesuffix(".py").replace("/", ".")
    test = f"import {module}\n\n\ndef test_is_there():\n    assert {module} is not None\n"
    return {"test_is_there.py": test}


def shown_of(function: str, file: str, text: str) -> dict[str, str]:
    """What the loop sees of a task that names no tests for it: examples in `text`, else that it is there."""
    if not function:
        return existence_tests_of_file(file)
    return in_module(shown_tests(text, function), file)


def in_module(tests: dict[str, str], file: str) -> dict[str, str]:
    """Tests that were written for `solution.py`, for a file of another name."""
    module = file.removesuffix(".py").replace("/", ".")
    return {
        path: text.replace("from solution import", f"from {module} import") for path, text in tests.items()
    }


def _check(path: str) -> None:
    try:
        clean_path(path)
    except WorkspaceError as error:
        raise UsageError(str(error)) from None
