"""What a mistyped command line is answered with: one line, the help that fits, status 2."""

from __future__ import annotations

import pytest

from tui.cli import build_parser, main


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("frobnicate", "there is no command 'frobnicate' — see `coder-tui --help`"),
        ("rums", "there is no command 'rums'; did you mean 'runs'? — see `coder-tui --help`"),
        ("fix", "`coder-tui fix` needs --tests, FILE — see `coder-tui fix --help`"),
        (
            "runs --limit -3",
            "argument --limit: '-3' is not a number of 1 or more — see `coder-tui runs --help`",
        ),
        ("runs --frob", "unrecognized arguments: --frob — see `coder-tui --help`"),
        (
            "web --port \x1b[2J",
            "argument --port: invalid int value: '\\x1b[2J' — see `coder-tui web --help`",
        ),
    ],
)
def test_one_line_says_what_is_wrong(line: str, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(line.split(" "))
    assert ended.value.code == 2
    assert capsys.readouterr().err == f"coder-tui: {said}\n"


@pytest.mark.parametrize(
    "line",
    [
        "--plain --isolation namespace runs",
        "runs --plain --isolation namespace",
        "--plain runs --isolation namespace",
    ],
)
def test_what_holds_everywhere_may_stand_before_or_after_the_command(line: str) -> None:
    options = build_parser().parse_args(line.split())
    assert (options.plain, options.isolation, options.json, options.module) == (
        True,
        "namespace",
        False,
        "runs",
    )


def test_without_a_command_it_is_the_screen() -> None:
    options = build_parser().parse_args(["--config", "x.toml"])
    assert (options.module, options.config, options.run_id, options.no_cache) == (
        "screen",
        "x.toml",
        "",
        False,
    )
