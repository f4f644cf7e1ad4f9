"""Templates: what a bad one says, what a prompt carries, and what is cut to fit."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from engine.errors import ConfigError, PromptTruncated
from engine.history import History
from engine.model import Attempt, Diagnosis, Finding, PromptForm, Severity, Target, Task
from engine.prompt_context import SAMPLES, PromptContext
from engine.prompt_family import family_of
from engine.prompt_scope import Scope
from engine.prompting import Prompts, estimate_tokens
from engine.repair import build_context, make_prompt
from engine.source_of_test import source_of
from engine.workspace import Workspace
from sandbox.contract import Assurance, Execution, Failure, Isolation, Outcome, TestResult, Verdict

CODE = b"def total(xs):\n    out = 1\n    for x in xs:\n        out += x\n    return out\n"
TESTS = {"test_sums.py": b"from sums import total\n\n\ndef test_one():\n    assert total([1]) == 1\n"}


def workspace(code: bytes = CODE) -> Workspace:
    return Workspace({"sums.py": code}, frozenset({"sums.py"}))


def task(code: bytes = CODE) -> Task:
    return Task("sums", "Add numbers up.", workspace(code), Target("sums.py", "total"), TESTS)


def failed(name: str, code: bytes = CODE, parent: str = "", **more: object) -> Attempt:
    failure = Failure("AssertionError", "", "sums.py", 2, 5, "1", "2", {"out": "2"})
    tests = (TestResult("test_sums.py::test_one", Outcome.FAILED, failure=failure),)
    execution = Execution(Verdict.FAILED, Assurance.IN_PROCESS, Isolation.NAMESPACE, tests)
    diagnosis = Diagnosis(
        "AssertionError", "1 of 1 tests fail; expected 1, got 2 at sums.py:2", "sums.py", 2,
        ("test_sums.py::test_one",), "1", "2", {"out": "2"}, (2,), 0.5,
    )  # fmt: skip
    attempt = Attempt(
        name,
        parent,
        "loop",
        candidate=workspace(code),
        execution=execution,
        diagnosis=diagnosis,
        verdict=Verdict.FAILED,
    )
    return replace(attempt, **more)  # type: ignore[arg-type]


def history(*attempts: Attempt) -> History:
    return History(attempts={attempt.id: attempt for attempt in attempts})


def test_every_shipped_template_is_valid() -> None:
    prompts = Prompts()
    for name in prompts.names():
        prompts.validate(name, prompts.source(name))


@pytest.mark.parametrize("form", PromptForm)
def test_no_form_leaves_holes(form: PromptForm) -> None:
    for sample in SAMPLES:
        text = Prompts().render(form, sample).user
        assert "{{" not in text and "{%" not in text and "None" not in text
        assert "\n\n\n" not in text or sample is SAMPLES[0]


def test_code_is_shown_byte_for_byte_even_with_fences_in_it() -> None:
    code = 'def f():\n    """\n    ```\n    x\n    ```\n    """\n\n\n\n    return "<&>"\n'
    text = Prompts().render(PromptForm.REPAIR, PromptContext(code=code)).user
    assert f"````python\n{code}````\n" in text


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a\n{{ cod }}\n", "template repair, line 2: there is no variable cod. did you mean code?"),
        ("a\n\n{{ failing.expcted if failing }}\n", "line 3: "),
        ("{% for x in tests %}\n{{ x.pth }}\n{% endfor %}", "line 2: "),
        ("a\nb\n{% if %}\n", "line 3: "),
        ("{{ code | nofilter }}", "line 1: "),
        ("{{ ''.__class__.__mro__ }}", "line 1: "),
        ("{{ 1 / 0 }}", "line 1: "),
        ("{% include 'system.md.j2' %}", "line 1: "),
    ],
)
def test_a_bad_template_is_refused_at_save_with_its_line(tmp_path: Path, text: str, said: str) -> None:
    prompts = Prompts(tmp_path)
    with pytest.raises(ConfigError) as error:
        prompts.save("repair", text)
    assert said in str(error.value)
    assert list(tmp_path.iterdir()) == []


def test_the_users_template_goes_first_and_changes_the_version(tmp_path: Path) -> None:
    prompts, shipped = Prompts(tmp_path / "prompts"), Prompts().source("repair")
    before = prompts.render(PromptForm.REPAIR, SAMPLES[1])
    prompts.save("repair", "Mend {{ file }}.\n")
    after = prompts.render(PromptForm.REPAIR, SAMPLES[1])
    assert (after.user, after.template) == ("Mend sums.py.\n", "repair")
    assert after.version != before.version and (after.scope, before.scope) == ("user", "shipped")
    assert prompts.scope("repair") is Scope.USER and prompts.scope("write") is Scope.SHIPPED
    assert Prompts().source("repair") == shipped


def test_a_template_broken_by_hand_is_one_clear_error(tmp_path: Path) -> None:
    (tmp_path / "repair.md.j2").write_bytes(b"\xff\xfe")
    with pytest.raises(ConfigError, match="cannot read the prompt template"):
        Prompts(tmp_path).render(PromptForm.REPAIR, SAMPLES[0])
    (tmp_path / "repair.md.j2").write_text("{{ nothing.there }}")
    with pytest.raises(ConfigError, match="line 1"):
        Prompts(tmp_path).render(PromptForm.REPAIR, SAMPLES[0])


@pytest.mark.parametrize("name", ["../evil", "nope", "", "repair.md.j2"])
def test_no_other_file_is_a_template(tmp_path: Path, name: str) -> None:
    with pytest.raises(ConfigError):
        Prompts(tmp_path).save(name, "x")


def test_a_repair_prompt_carries_what_a_repair_needs() -> None:
    worse = CODE.replace(b"out = 1", b"out = 2")
    one = failed("1", worse, parent="0", rejected="not like this")
    prompt = make_prompt(
        Prompts(), task(), history(failed("0", origin="given"), one), failed("0"), PromptForm.REPAIR
    )
    for piece in (
        "Add numbers up.", CODE.decode(), "def test_one():", "expected: `1`", "actual: `2`", "line 2",
        "`out = 2`", "`out = 1`", "-    out = 1\n+    out = 2", "not like this",
        "one sentence", "```python block",
    ):  # fmt: skip
        assert piece in prompt.user, piece
    assert prompt.cut == () and prompt.form is PromptForm.REPAIR and len(prompt.version) == 10


def test_a_fresh_start_knows_nothing_of_earlier_attempts() -> None:
    past = history(failed("0", origin="given"), failed("1", b"def total(xs):\n    return 77\n", parent="0"))
    prompt = make_prompt(Prompts(), task(), past, past.attempts["0"], PromptForm.FRESH)
    assert "77" not in prompt.user and "Tried before" not in prompt.user


def test_repeats_and_faults_of_ours_are_not_told() -> None:
    past = history(
        failed("0", origin="given"),
        failed("1"),
        failed("2", duplicate_of="1"),
        failed("3", verdict=Verdict.INFRASTRUCTURE),
    )
    told = build_context(task(), past, past.attempts["0"], PromptForm.REPAIR).earlier
    assert [earlier.attempt for earlier in told] == ["1"]


def test_a_repeat_is_called_one_until_a_fresh_start() -> None:
    past = history(failed("0", origin="given"), failed("1", duplicate_of="0"))
    said = "the same program as attempt 0"
    for form in (PromptForm.REPAIR, PromptForm.FRESH):
        text = make_prompt(Prompts(), task(), past, past.attempts["0"], form).user
        assert (said in text) is (form is PromptForm.REPAIR)


def test_output_is_shown_without_pytests_own_lines() -> None:
    parent = failed("0", origin="given")
    assert parent.execution
    noisy = replace(parent.execution, output="seen 3\n.FF..      [100%]\n2 failed, 3 passed in 0.01s\n")
    parent = replace(parent, execution=noisy)
    assert build_context(task(), history(parent), parent, PromptForm.REPAIR).output == "seen 3"


def test_a_blocked_candidate_is_told_what_to_use_instead() -> None:
    finding = Finding("G1", Severity.BLOCK, 3, 0, "os.system", "runs a command", "compute it in Python")
    parent = failed("1", findings=(finding,), verdict=Verdict.BLOCKED, execution=None, diagnosis=None)
    text = make_prompt(Prompts(), task(), history(parent), parent, PromptForm.BLOCKED).user
    assert "line 3, `os.system`: runs a command. Instead: compute it in Python" in text


def test_a_syntax_error_is_told_without_a_test() -> None:
    error = Failure("SyntaxError", "invalid syntax", "sums.py", 2)
    execution = Execution(Verdict.ERROR, Assurance.IN_PROCESS, Isolation.NAMESPACE, error=error)
    parent = failed(
        "1", execution=execution, diagnosis=Diagnosis("SyntaxError", "no test could run", "sums.py", 2)
    )
    text = make_prompt(Prompts(), task(), history(parent), parent, PromptForm.REPAIR).user
    assert "It ends before any test runs:\n\n- SyntaxError: invalid syntax\n- it goes wrong at line 2" in text


def test_a_long_file_is_answered_with_edit_blocks() -> None:
    long = CODE + b"A = 1\n" * 400
    text = make_prompt(Prompts(), task(long), history(), None, PromptForm.REPAIR).user
    assert "<<<<<<< SEARCH" in text


def test_the_window_is_kept_and_what_is_cut_is_recorded_in_order() -> None:
    filler = b"".join(b"def other_%d(x):\n    return x + %d\n\n\n" % (n, n) for n in range(60))
    parent = failed("0", CODE + filler, origin="given")
    past = history(parent, *(failed(str(n), CODE + b"B = %d\n" % n * 20, parent="0") for n in range(1, 9)))
    whole = make_prompt(Prompts(), task(), past, parent, PromptForm.REPAIR)
    fitted = make_prompt(Prompts(), task(), past, parent, PromptForm.REPAIR, 900)
    assert estimate_tokens(whole.system + whole.user) > 900 >= estimate_tokens(fitted.system + fitted.user)
    assert fitted.cut[0] == "changes of older attempts" and fitted.cut[-1] == "code outside the target"
    assert "def total" in fitted.user and "other_7" not in fitted.user and "expected: `1`" in fitted.user


def test_what_cannot_fit_is_an_error_with_numbers() -> None:
    with pytest.raises(PromptTruncated, match=r"needs about [\d,]+ tokens, the model's window leaves 100"):
        make_prompt(Prompts(), task(), history(), None, PromptForm.REPAIR, 100)


def test_tokens_are_estimated_high() -> None:
    assert estimate_tokens("") == 0
    assert estimate_tokens("x = 1\n" * 100) == 200
    assert estimate_tokens("日本") == 6


def test_a_tests_source_is_found_by_its_node_id_and_a_long_one_is_cut() -> None:
    body = "".join(f"    assert f({n}) == {n}\n" for n in range(100))
    method = "    @pytest.mark.x\n    def test_a(self, n):\n        assert n"
    text = f"import pytest\n\n\nclass TestF:\n{method}\n\n\ndef test_b():\n{body}"
    tests = {"tests/test_f.py": text.encode()}
    assert source_of(tests, "tests/test_f.py::TestF::test_a[1-::x]") == method
    cut = source_of(tests, "test_f.py::test_b", 60).split("\n")
    assert cut[0] == "def test_b():" and "    assert f(49) == 49" in cut and len(cut) < 30
    assert source_of(tests, "test_f.py::gone") == source_of({}, "a::b") == ""


def test_a_projects_template_goes_before_the_users_and_reset_goes_back_one_step(tmp_path: Path) -> None:
    prompts = Prompts(tmp_path / "user", tmp_path / "project")
    assert prompts.difference("write") == [] and prompts.reset("write") is Scope.SHIPPED
    prompts.save("write", "User: {{ file }}\n")
    prompts.save("write", "Project: {{ file }}\n", Scope.PROJECT)
    assert prompts.render(PromptForm.WRITE, SAMPLES[1]).user == "Project: sums.py\n"
    assert Prompts(tmp_path / "user", tmp_path / "other").scope("write") is Scope.USER
    changed = prompts.difference("write")
    assert changed[:2] == ["--- write (shipped)", "+++ write (project)"] and "+Project: {{ file }}" in changed
    assert prompts.reset("write") is Scope.USER and prompts.source("write") == "User: {{ file }}\n"
    assert prompts.reset("write") is Scope.SHIPPED and prompts.source("write") == Prompts().source("write")
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_a_family_is_asked_in_its_own_way_and_the_hash_tells(tmp_path: Path) -> None:
    prompts = Prompts(tmp_path)
    usual, thinking, plain = (
        prompts.render(PromptForm.REPAIR, SAMPLES[1], family=name) for name in ("", "thinking", "plain")
    )
    assert "First say" in usual.user and "First say" not in thinking.user and "First say" in plain.user
    assert [p.template for p in (usual, thinking, plain)] == ["repair", "repair.thinking", "repair.plain"]
    assert len({p.version for p in (usual, thinking, plain)}) == 3
    assert prompts.render(PromptForm.WRITE, SAMPLES[1], family="plain").template == "write"
    prompts.save("repair", prompts.source("repair").replace("is to be improved", "wants care"))
    changed = prompts.render(PromptForm.REPAIR, SAMPLES[0], family="thinking")
    assert "wants care" in changed.user and changed.version != thinking.version


def test_a_plain_model_is_never_asked_for_edit_blocks() -> None:
    long = CODE + b"A = 1\n" * 400
    text = make_prompt(Prompts(), task(long), history(), None, PromptForm.REPAIR, model="codellama:34b").user
    assert "<<<<<<< SEARCH" not in text and "the whole corrected function `total`" in text


@pytest.mark.parametrize(
    ("family", "models"),
    [
        (
            "thinking",
            "deepseek-r1:8b qwq:32b gpt-oss:20b qwen3:8b openai/o3-mini magistral:24b phi4-reasoning",
        ),
        (
            "plain",
            "codellama:34b CodeLlama-34b-Instruct starcoder2:7b deepseek-coder:6.7b qwen2.5-coder:0.5b",
        ),
        (
            "",
            "qwen2.5-coder:7b qwen3-coder:30b llama-3.3-70b-versatile gemma3:27b deepseek-coder-v2:16b",
        ),
        ("", "qwen3:30b-instruct claude gpt-4o devstral:24b llama3.1:8b"),
    ],
)
def test_a_models_name_says_its_family(family: str, models: str) -> None:
    assert {model: family_of(model) for model in models.split()} == dict.fromkeys(models.split(), family)
