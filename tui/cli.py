"""The command `coder-tui`: what it understands, and which module does it."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from importlib import import_module

from tui.arguments import Parser, count
from tui.cluster_options import add_worker
from tui.complaint import complain
from tui.eval_options import add_evaluation, add_results

EXIT_STATUS = "exit status: 0 solved, 1 not solved, 2 usage, 3 infrastructure, 130 interrupted"
PROVIDERS = ("search", "ollama", "groq", "openai", "replay")


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status; every error a user can cause is one line on stderr."""
    options = build_parser().parse_args(argv)
    try:
        return run_command(options)
    except BrokenPipeError:  # the reader of our output has gone, as in `coder-tui runs | head -1`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        return 130
    except Exception as error:  # a defect of ours: said without the values that a traceback may show
        from tui.crash import crash_report

        print(crash_report(error), file=sys.stderr)
        return 3


def run_command(options: argparse.Namespace) -> int:
    """Import the command's module and run it, turning the exception trees into one line and a status."""
    from engine.errors import CoderTuiError
    from sandbox.errors import SandboxError

    try:
        status: int = import_module(f"tui.commands.{options.module}").run(options)
        return status
    except CoderTuiError as error:
        complain(error.message, error.remedy)
        return error.exit_status
    except SandboxError as error:
        complain(error.message, error.remedy)
        return 3


def build_parser() -> Parser:
    """The whole command line."""
    common = _common()
    parser = Parser(
        prog="coder-tui",
        parents=[_common()],  # its own: defaults set here are not those of the commands
        description="Write and repair Python until its tests really pass, safely, on your own machine.",
        epilog=f"Without a command: the screen, on the last open run or an example. {EXIT_STATUS}",
    )
    parser.add_argument("--version", action=_Version, nargs=0, help="show the version and exit")
    parser.set_defaults(
        module="screen",
        run_id="",
        example="",
        json=False,
        plain=False,
        isolation="",
        no_cache=False,
        config=None,
    )
    commands = parser.add_subparsers(metavar="COMMAND")

    def add(name: str, module: str, help_text: str, *parents: Parser) -> Parser:
        command = commands.add_parser(
            name, help=help_text, description=help_text, parents=[common, *parents], epilog=EXIT_STATUS
        )
        command.set_defaults(module=module)
        return command

    running = _running()
    screen = add("tui", "screen", "open the screen on a run, or on a shipped example")
    screen.add_argument(
        "run_id", nargs="?", default="", metavar="RUN", help="a run's id or the beginning of it"
    )
    screen.add_argument("--example", default="", metavar="NAME", help="start from a shipped example")
    web = add("web", "web", "the screen in a browser, on loopback and with a secret link")
    web.add_argument("run_id", nargs="?", default="", metavar="RUN", help="as in `coder-tui tui`")
    web.add_argument("--example", default="", metavar="NAME", help="start from a shipped example")
    web.add_argument("--host", default="127.0.0.1", help="the address to serve on")
    web.add_argument("--port", type=int, default=8000, metavar="N", help="0 takes any that is free")
    web.add_argument("--expose", action="store_true", help="serve others too: they act as you, unencrypted")
    web.add_argument(
        "--allow-host", action="append", default=[], metavar="NAME", help="a name browsers know it by"
    )
    fix = add("fix", "fix", "repair FILE until TESTS pass", running)
    fix.add_argument("file", metavar="FILE")
    fix.add_argument("--describe", default="", metavar="TEXT|@FILE", help="what the code should do")
    fix.add_argument("--write", action="store_true", help="write the fix when it passes")
    new = add("new", "new", "write code from a description until TESTS pass", running)
    new.add_argument("--describe", required=True, metavar="TEXT|@FILE")
    new.add_argument("--out", required=True, metavar="FILE", help="the file to write when the tests pass")
    check = add("check", "check", "one verdict for FILE: guardrails, then the tests in the sandbox")
    check.add_argument("file", nargs="?", metavar="FILE")
    check.add_argument("--tests", nargs="+", default=[], metavar="TESTS")
    check.add_argument(
        "--batch", metavar="JOBS.jsonl", help="many jobs, one JSON line each; - is standard input"
    )
    _add_requirements(check)
    check.add_argument("--no-guardrails", action="store_true")
    check.add_argument("--assurance", choices=("sealed", "in-process"), default="sealed")
    check.add_argument("--seconds", type=float, help="wall clock of one execution")
    guard = add("guard", "guard", "guardrails alone; exit status 1 when anything blocks")
    guard.add_argument("files", nargs="+", metavar="FILE")
    guard.add_argument("--format", choices=("text", "json", "sarif"), default="")
    guard.add_argument("--own", action="store_true", help="your own code: its allowing comments count")
    for command in (fix, new, check, guard):
        _add_policy(command)
    add_evaluation(add, PROVIDERS)
    add_results(add)
    add_worker(add("worker", "worker", "this machine's sandboxes for evaluations with --cluster"))
    add("runs", "runs", "list the runs in the journal").add_argument(
        "--limit", type=count, default=20, metavar="N"
    )
    for name, text in (
        ("show", "show a run: attempts, verdicts, the best diff"),
        ("resume", "go on with a run that was stopped"),
        ("export", "print a run to keep or to send"),
    ):
        command = add(name, name, text)
        command.add_argument("run_id", metavar="RUN", help="a run's id or the beginning of it")
        if name == "export":
            command.add_argument(
                "--format", choices=("jsonl", "md", "html"), default="jsonl", help="events, or one document"
            )
    add("doctor", "doctor", "what this machine has, what is missing, and what mends it")
    setup = add("setup", "setup", "bring this machine to Docker with gVisor")
    setup.add_argument("--yes", action="store_true", help="do not ask")
    setup.add_argument("--dry-run", action="store_true", help="only say what would be done")
    setup.add_argument(
        "--no-large-pages", action="store_true", help="leave the machine's setting for large pages alone"
    )
    config = add("config", "config", "show or change settings")
    config.add_argument("action", choices=("show", "path", "set"))
    config.add_argument("key", nargs="?", default="")
    config.add_argument("value", nargs="?", default=None)
    prompts = add("prompts", "prompts", "the templates that prompts are made from")
    prompts.add_argument("action", choices=("list", "show", "diff", "edit", "save", "reset"))
    prompts.add_argument("name", nargs="?", default="", help="a template, as in repair or repair.thinking")
    prompts.add_argument("file", nargs="?", default="", help="for save: the text; - is standard input")
    prompts.add_argument("--project", action="store_true", help="keep it for this project alone")
    add("cache", "cache", "the cache of executions").add_argument("action", choices=("info", "clear"))
    return parser


def _common() -> Parser:
    # Before or after the command: what is not given must not take away what was.
    common = Parser(add_help=False, argument_default=argparse.SUPPRESS)
    group = common.add_argument_group("everywhere")
    group.add_argument(
        "--json", action="store_true", default=argparse.SUPPRESS, help="JSON, one object a line"
    )
    group.add_argument(
        "--plain", action="store_true", default=argparse.SUPPRESS, help="one line per event, no screen"
    )
    group.add_argument("--isolation", choices=("auto", "gvisor", "container", "namespace"))
    group.add_argument(
        "--no-cache",
        action="store_true",
        default=argparse.SUPPRESS,
        help="execute again what was executed before",
    )
    group.add_argument("--config", metavar="FILE", help="in place of your configuration file")
    return common


def _running() -> Parser:
    running = Parser(add_help=False)
    running.add_argument("--tests", nargs="+", required=True, metavar="TESTS", help="test files or a folder")
    running.add_argument(
        "--function", default="", metavar="NAME", help="the function that is wrong or wanted"
    )
    running.add_argument(
        "--provider", default="", metavar="P", help=f"{', '.join(PROVIDERS)}; or several, as in ollama,groq"
    )
    running.add_argument("--model", default="", metavar="M")
    running.add_argument("--recording", default="", metavar="FILE", help="for --provider replay")
    running.add_argument("--pull", action="store_true", help="have Ollama fetch the model if it is missing")
    running.add_argument("--attempts", type=int, metavar="N")
    running.add_argument("--seconds", type=float, metavar="S", help="time for the whole run")
    _add_requirements(running)
    return running


def _add_requirements(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--requirements",
        default="",
        metavar="FILE",
        help="requirements.txt or pyproject.toml with what the code needs installed",
    )


def _add_policy(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--policy", choices=("strict", "standard", "files", "off"), default="", help="what guardrails block"
    )
    command.add_argument(
        "--allow", action="append", default=[], metavar="NAME", help="a name that may be used, as open"
    )


class _Version(argparse.Action):
    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        from importlib.metadata import version

        print(f"coder-tui {version('coder-tui')}")
        parser.exit()


if __name__ == "__main__":
    sys.exit(main())
