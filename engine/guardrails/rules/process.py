"""G1: starting, forking and signalling processes, and what else reaches the operating system."""

from __future__ import annotations

from engine.guardrails.family import Family, Module, each, names
from engine.guardrails.rule import block

_OS_ALLOWED = names(
    "path sep linesep altsep extsep pathsep curdir pardir devnull name cpu_count fspath fsencode fsdecode "
    "PathLike "
    "getcwd getpid strerror error urandom get_terminal_size terminal_size stat_result DirEntry getrandom "
    "times "
    "supports_bytes_environ process_cpu_count"
)
_STARTS = (
    "system popen popen2 popen3 popen4 startfile posix_spawn posix_spawnp execv execve execvp execvpe "
    "execl execle "
    "execlp execlpe spawnl spawnle spawnlp spawnlpe spawnv spawnve spawnvp spawnvpe"
)

FAMILY = Family(
    rules=(
        block(
            "G101", "Starts a program", "{name} runs a program outside Python",
            "Compute the result in Python; no program may be started.",
        ),
        block(
            "G102", "Forks or starts processes", "{name} starts a process of its own",
            "Do the work in this process, with plain functions.",
        ),
        block(
            "G103", "Signals processes", "{name} can stop or change other processes",
            "Leave processes alone; return a value or raise an exception instead.",
        ),
        block(
            "G104", "Operating-system call", "{name} reaches the operating system",
            "Solve the task with plain values; of os only os.path and constants are allowed.",
        ),
    ),
    paths={
        **each("G101", "os", _STARTS),
        **each("G102", "os", "fork forkpty wait waitpid wait3 wait4 waitid setsid setpgid setpgrp "
            "register_at_fork"),
        **each("G103", "os", "kill killpg nice sched_setaffinity sched_setscheduler pidfd_open ptrace"),
        **each("G101", "asyncio", "create_subprocess_exec create_subprocess_shell subprocess"),
        **each("G101", "asyncio.loop()", "subprocess_exec subprocess_shell"),
        "asyncio.subprocess.PIPE": "", "asyncio.subprocess.DEVNULL": "", "asyncio.subprocess.STDOUT": "",
        "pty": "G101", "commands": "G101", "popen2": "G101", "webbrowser": "G101", "antigravity": "G101",
        "_posixsubprocess": "G101", "_winapi": "G101", "pexpect": "G101", "sh": "G101", "plumbum": "G101",
        "invoke": "G101", "fabric": "G101", "psutil": "G103", "os.path": "", "venv": "G101",
        "ensurepip": "G101",
        "pip": "G101", "setuptools": "G101", "distutils": "G101", "win32api": "G101", "delegator": "G101",
        "concurrent.futures.ProcessPoolExecutor": "G102", "concurrent.futures.process": "G102",
        "multiprocessing.connection": "G401", "multiprocessing.managers": "G102",
        "multiprocessing.pool": "G102",
        "multiprocessing.pool.ThreadPool": "", "multiprocessing.shared_memory": "G602",
        "joblib.Parallel": "G102",
        "multiprocess": "G102", "_posixshmem": "G602", "_multiprocessing": "G102", "imaplib": "G401",
        "IPython.get_ipython": "G101", "IPython.embed": "G201",
    },
    modules={
        "os": Module("G104", _OS_ALLOWED),
        "subprocess": Module(
            "G101", names("CalledProcessError TimeoutExpired SubprocessError CompletedProcess list2cmdline")
        ),
        "multiprocessing": Module("G102", names("cpu_count current_process freeze_support TimeoutError "
        "Lock")),
    },
    methods={"subprocess_exec": "G101", "subprocess_shell": "G101"},
)  # fmt: skip
