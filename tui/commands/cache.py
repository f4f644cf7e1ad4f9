"""`coder-tui cache`: what the cache of executions holds, and emptying it."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from pathlib import Path

from engine.cache import ExecutionCache
from engine.places import Places
from sandbox.layers import clear_layers, kept_layers
from sandbox.requirements import SIZE_MB
from tui.headless import say
from tui.options import configuration


def run(options: argparse.Namespace) -> int:
    """Show or clear the cache."""
    config = configuration(options)
    places = Places.of(config)
    cache = ExecutionCache(places.cache, size_mb=config.cache.size_mb)
    try:
        if options.action == "clear":
            removed, layers = cache.clear(), clear_layers(places.layers, config.sandbox.docker_host)
            counts = {"removed": removed, "layers_removed": layers}
            text = f"removed {removed} executions, {layers} layers of requirements"
            say(json.dumps(counts) if options.json else text)
            return 0
        info = cache.info()
        kept = kept_layers(places.layers, config.sandbox.docker_host)
        if options.json:
            fields = {k: str(v) if isinstance(v, Path) else v for k, v in asdict(info).items()}
            say(json.dumps({**fields, "layers": [asdict(layer) for layer in kept]}))
        else:
            size = f"{info.size / 1e6:.1f} of {info.limit / 1e6:.0f} MB"
            say(f"{info.entries} executions, {size}, in {info.folder}")
            total = sum(layer.size for layer in kept)
            say(
                f"{len(kept)} layers of requirements, {total / 1e6:.1f} of {SIZE_MB} MB at most in each place"
            )
        return 0
    finally:
        cache.close()
