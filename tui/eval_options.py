"""The command line of evaluations: `eval`, and what compares and collects them."""

from __future__ import annotations

import argparse
from collections.abc import Callable

from tui.cluster_options import add_cluster

Add = Callable[..., argparse.ArgumentParser]


def add_evaluation(add: Add, providers: tuple[str, ...]) -> None:
    """Add the commands to the whole command line."""
    command = add("eval", "eval", "which model, prompt or setting solves more: a benchmark through the loop")
    command.add_argument(
        "benchmark",
        metavar="BENCHMARK",
        help="humaneval, mbpp, mbpp-sanitized, humanevalfix, quixbugs, a FOLDER of tasks, FILE.jsonl",
    )
    command.add_argument(
        "--provider",
        default="",
        metavar="P",
        help=f"{', '.join(providers)}; or reference: the benchmark's own solutions",
    )
    command.add_argument("--model", default="", metavar="M")
    command.add_argument("--recording", default="", metavar="FILE", help="for --provider replay")
    command.add_argument("-n", type=int, default=1, dest="samples", metavar="SAMPLES", help="runs a problem")
    command.add_argument("--pick", choices=("best", "last"), default="best", help="which answer counts")
    command.add_argument(
        "--shown",
        default="auto",
        metavar="WHICH",
        help="tests for the loop: auto (on record, else the docstring's examples), docstring, none, a FILE",
    )
    command.add_argument("--oracle", action="store_true", help="let the loop see the judge's tests")
    command.add_argument("--attempts", type=int, metavar="N", help="for each sample")
    command.add_argument("--seconds", type=float, metavar="S", help="for each sample")
    command.add_argument("--calls", type=int, default=1, metavar="N", help="model calls at once (1)")
    _add_data(command)
    _add_place(command)
    judging = add("import-samples", "import_samples", "judge completions that others generated")
    judging.add_argument(
        "file",
        metavar="FILE.jsonl",
        help='{"task_id", "solution" or "completion"} a line, as EvalPlus has it',
    )
    judging.add_argument("--benchmark", required=True, metavar="BENCHMARK", help="as for eval")
    judging.add_argument("--model", default="", metavar="M", help="who made them, for the report")
    _add_data(judging)
    _add_place(judging)


def add_results(add: Add) -> None:
    """Add the commands that read what evaluations left."""
    command = add("compare", "compare", "evaluations of the same problems, the first against each other one")
    command.add_argument("folders", nargs="+", metavar="DIR", help="where `eval` kept them")
    command = add("evals", "evals", "the evaluations made here: trends by benchmark, model and prompt")
    command.add_argument("--benchmark", default="", metavar="NAME")
    command.add_argument("--limit", type=int, default=20, metavar="N", help="the newest N (20)")
    command = add("export-eval", "export_eval", "an evaluation in the log format of inspect_ai")
    command.add_argument("folder", metavar="DIR", help="where `eval` kept it")
    command.add_argument("--to", default="", metavar="FILE|DIR", help="in place of standard output")


def _add_data(command: argparse.ArgumentParser) -> None:
    command.add_argument("--data", default="", metavar="FILE", help="a local copy of the benchmark")
    command.add_argument(
        "-k", default="", metavar="1,3", help="pass@k over independent first shots, for these k"
    )
    command.add_argument("--limit", type=int, default=0, metavar="N", help="the first N problems")
    command.add_argument("--ids", default="", metavar="IDS", help="ids, numbers, ranges: HumanEval/3,10-19")
    command.add_argument("--sample", type=int, default=0, metavar="N", help="N problems drawn at random")
    command.add_argument(
        "--sample-seed", type=int, default=0, metavar="SEED", help="… always the same for SEED"
    )


def _add_place(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--jobs", type=int, default=0, metavar="N", help="sandboxes at once (0: as there is room)"
    )
    command.add_argument("--out", default="", metavar="DIR", help="where results and reports go")
    command.add_argument(
        "--resume", action="store_true", help="go on with the evaluation in DIR, or the last"
    )
    add_cluster(command)
