"""`coder-tui doctor`: what this machine has, what is missing, and what mends it."""

from __future__ import annotations

import argparse
import asyncio
import json
from dataclasses import asdict

from engine.config import Config
from engine.errors import CoderTuiError
from engine.places import Places
from engine.providers.planting import plant
from engine.workshop import Workshop
from sandbox.doctor import Check, examine
from tui.headless import say
from tui.neutral import neutral
from tui.options import configuration


def run(options: argparse.Namespace) -> int:
    """Print every check; 0 when runs are possible with these settings, 3 when they are not."""
    config = configuration(options)
    checks, chosen = asyncio.run(_all(config))
    for check in checks:
        if options.json:
            say(json.dumps(asdict(check)))
            continue
        mark = "ok     " if check.ok else "missing"
        remedy = "" if check.ok or not check.remedy else f" — {check.remedy}"
        say(neutral(f"{mark}  {check.name:<20} {check.detail}{remedy}"))
    return 0 if chosen.ok else 3


async def _all(config: Config) -> tuple[tuple[Check, ...], Check]:
    settings = config.sandbox
    found = await examine(settings.isolation, settings.minimum, settings.docker_host, settings.image)
    return (*found, _places(config), await _provider(config)), found[-1]


def _places(config: Config) -> Check:
    try:
        places = Places.of(config)
    except CoderTuiError as error:
        return Check("folders", False, error.message, error.remedy)
    return Check("folders", True, f"state {places.state}, cache {places.cache}")


async def _provider(config: Config) -> Check:
    name = f"provider {config.provider.name}"
    workshop = Workshop.of(config)
    try:
        provider = workshop.provider(config.provider.name)
        detail = await provider.check()
        if provider.local and provider.uses_prompt:  # elsewhere a long prompt costs money
            detail = f"{detail}; {await plant(provider)}"
        return Check(name, True, detail)
    except CoderTuiError as error:
        return Check(name, False, error.message, error.remedy)
    finally:
        await workshop.close()
