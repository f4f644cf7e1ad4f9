"""`coder-tui worker`: this machine's sandboxes for evaluations that others begin."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from engine.config import Config
from engine.errors import UsageError
from engine.logs import log_to
from engine.places import Places
from engine.workshop import LazySandbox
from sandbox.sizing import automatic_size
from tui.cluster_options import cluster_of
from tui.headless import say
from tui.interrupt import run_interruptible
from tui.options import configuration


def run(options: argparse.Namespace) -> int:
    """Work until interrupted."""
    if options.slots < 0 or not 0 <= options.port < 65536:
        raise UsageError("--slots and --port must not be negative", "0 leaves the choice to coder-tui")
    cluster = cluster_of(options)
    assert cluster is not None
    from engine.evaluation.cluster.worker import Post, serve

    config = configuration(options)
    places = Places.of(config)
    log_to(places.log, config.log.level)
    for_the_process_that_works(options)
    post = Post(options.slots or automatic_size(), options.name, options.host, options.port)

    async def main() -> int:
        isolation = await has_a_sandbox(config)
        sandboxes = f"{post.slots} sandbox" + ("" if post.slots == 1 else "es")

        def there(address: str) -> None:
            say(f"{address}: {sandboxes}, {isolation}, works for {cluster.address}")

        await serve(cluster, post, places.cache / "cluster", there)
        return 0

    return run_interruptible(main())


async def has_a_sandbox(config: Config) -> str:
    """Which isolation there is; raises SandboxError at once, not when the first unit comes."""
    sandbox = LazySandbox(config)
    try:
        await sandbox.start()
        return sandbox.isolation
    finally:
        await sandbox.close()


def for_the_process_that_works(options: argparse.Namespace) -> None:
    """The command line's settings reach it by its environment."""
    if options.isolation:
        os.environ["CODER_TUI_SANDBOX__ISOLATION"] = options.isolation
    if options.no_cache:
        os.environ["CODER_TUI_CACHE__ENABLED"] = "false"
    if options.config:
        os.environ["CODER_TUI_CONFIG"] = str(Path(options.config).absolute())
