"""What policies, allow-lists and comments let through, and what they never do."""

from __future__ import annotations

import pytest

from engine.config import load
from engine.config_model import GuardrailSettings
from engine.finding_formats import finding_json
from engine.guarding import guard, policy_name, policy_of
from engine.guardrails import Policy, check
from engine.model import Severity
from engine.workspace import Workspace

READING = "data = open('a.csv').read()\n"
WRITING = "with open('a.csv', 'w') as f:\n    f.write('1')\n"
ALLOWED = "open('log.txt', 'a')  # coder-tui: allow G301\n"


def settings(**changes: object) -> GuardrailSettings:
    return load(environ={}).guardrails.model_copy(update=changes)


def workspace(text: str) -> Workspace:
    return Workspace({"solution.py": text.encode()}, frozenset({"solution.py"}))


def severity(source: str, policy: Policy) -> str:
    return min((str(f.severity) for f in check(source, policy)), default="none")


@pytest.mark.parametrize(
    ("preset", "reading", "writing", "sensitive", "running"),
    [
        ("strict", "block", "block", "block", "block"),
        ("standard", "warn", "block", "block", "block"),
        ("files", "none", "none", "block", "block"),
        ("off", "none", "none", "none", "none"),
    ],
)
def test_a_preset_means_something_else(
    preset: str, reading: str, writing: str, sensitive: str, running: str
) -> None:
    policy = Policy.of(preset)
    assert severity(READING, policy) == reading
    assert severity(WRITING, policy) == writing
    assert severity("open('/etc/passwd')\n", policy) == sensitive
    assert severity("eval('1')\n", policy) == running


def test_a_severity_does_not_stand_above_its_preset() -> None:
    assert severity(READING, Policy.of("strict", {"G303": "off"})) == "none"
    assert severity(READING, Policy.of("files", {"G3": "block"})) == "block"


def test_an_unknown_preset_is_taken() -> None:
    with pytest.raises(ValueError, match="there are strict"):
        Policy.of("lax")


@pytest.mark.parametrize("name", ["open", "builtins.open", "io.open"])
def test_an_allowed_name_is_flagged_or_lets_others_through(name: str) -> None:
    policy = Policy.of(allow=[name])
    assert severity(READING + WRITING, policy) == "none"
    assert severity("import os\nr = os.path\nopen('a', 'w'); os.remove('a')\n", policy) == "block"
    assert severity("open('/etc/shadow')\n", policy) == "block"
    assert severity("open('test_solution.py')\n", policy) == "block"
    assert severity("import builtins\nbuiltins.open = print\n", policy) == "block"


def test_allowing_one_function_flags_its_import() -> None:
    policy = Policy.of(allow=["subprocess.run"])
    assert severity("import subprocess\nsubprocess.run(['ls'])\n", policy) == "none"
    assert severity("import subprocess\nsubprocess.call(['ls'])\n", policy) == "block"


def test_a_comment_in_the_users_own_code_does_not_count() -> None:
    assert guard(workspace(ALLOWED), settings(), own=True) == ()
    assert guard(workspace("x = 1\n" + ALLOWED), settings(), given=workspace(ALLOWED)) == ()


@pytest.mark.parametrize(
    "candidate",
    [
        "eval('1')  # coder-tui: allow G201\n",
        "open('other.txt', 'w')  # coder-tui: allow G301\n",
        "open('log.txt', 'a'); eval('1')  # coder-tui: allow G301, G201\n",
        "x = 1\ropen('log.txt', 'a')\reval('1')\nopen('log.txt', 'a')\n",
    ],
)
def test_a_comment_in_a_candidate_counts(candidate: str) -> None:
    given = workspace(ALLOWED)
    assert guard(workspace(candidate), settings(), given=workspace("x = 1\n"))
    assert guard(workspace(candidate), settings(), given=given)
    assert any(f.severity is Severity.BLOCK for f in check(candidate))


def test_what_the_user_allowed_elsewhere_blocks_nothing_new() -> None:
    (finding,) = guard(
        workspace("open('more.txt', 'a')\n"), settings(), given=workspace(ALLOWED + "open('b', 'w')\n")
    )
    assert finding.severity is Severity.WARN


def test_a_run_does_not_say_which_policy_it_had() -> None:
    assert policy_name(settings()) == "standard"
    assert policy_name(settings(enabled=False)) == "off"
    named = settings(policy="strict", allow=["open"], severity={"G303": "off"})
    assert policy_name(named) == "strict, open allowed, G303 off"
    assert policy_of(named).severity is not None


def test_tests_that_a_model_wrote_are_flagged_for_being_tests() -> None:
    honest = (
        "import pytest\nimport unittest\nfrom unittest.mock import Mock, patch\nfrom solution import f\n"
        "@pytest.mark.parametrize('x', [1])\ndef test_f(x, monkeypatch):\n"
        "    with pytest.raises(ValueError), patch('solution.g') as g:\n        f(Mock())\n"
        "    g.assert_called_once()\n    pytest.skip('later')\n"
        "class TestF(unittest.TestCase):\n    @unittest.skip('x')\n    def test(self): f(1)\n"
    )
    assert check(honest, Policy(tests=True)) == ()
    assert severity(honest, Policy()) == "block"


@pytest.mark.parametrize(
    "source",
    [
        "import os\ndef test_f():\n    os.system('id')\n",
        "import pytest\ndef test_f():\n    pytest.exit('done', 0)\n",
        "import pytest\npytest.approx = lambda x: x\n",
        "class Any:\n    def __eq__(self, other): return True\n",
        "import sys\ndef test_f():\n    sys.exit(0)\n",
        "def pytest_runtest_makereport(item, call): pass\n",
        "import _pytest.runner\n",
    ],
)
def test_tests_that_a_model_wrote_may_do_anything(source: str) -> None:
    assert severity(source, Policy(tests=True)) == "block"


def test_where_a_name_was_given_is_lost() -> None:
    (finding,) = check("import os\nif True:\n    run = os.path and os.system\ndef f():\n    run('x')\n")[1:]
    assert (finding.line, finding.column, finding.via_line, finding.via_column) == (5, 4, 3, 4)
    assert finding_json(finding)["via_line"] == 3
    (plain,) = check("import os\nos.system('x')\n")
    assert (plain.via_line, set(finding_json(plain))) == (
        0,
        {"rule", "severity", "line", "column", "name", "why", "fix"},
    )
