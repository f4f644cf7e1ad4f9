"""`coder-tui cache`: what the cache of executions holds, and emptying it."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from pathlib import Path

from engine.cache import ExecutionCache
from engine.places import Places
from tui.headless import say
from tui.options import configuration


def run(options: argparse.Namespace) -> int:
    """Show or clear the cache."""
    config = configuration(options)
    cache = ExecutionCache(Places.of(config).cache, size_mb=config.cache.size_mb)
    try:
        if options.action == "clear":
            removed = cache.clear()
            say(json.dumps({"removed": removed}) if options.json else f"removed {removed} executions")
            return 0
        info = cache.info()
        if options.json:
            say(json.dumps({k: str(v) if isinstance(v, Path) else v for k, v in asdict(info).items()}))
        else:
            size = f"{info.size / 1e6:.1f} of {info.limit / 1e6:.0f} MB"
            say(f"{info.entries} executions, {size}, in {info.folder}")
        return 0
    finally:
        cache.close()
