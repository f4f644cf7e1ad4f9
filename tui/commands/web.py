"""`coder-tui web`: the screen in a browser."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys

from engine.errors import UsageError
from engine.logs import log_to
from engine.places import Places
from tui.headless import say
from tui.interrupt import run_interruptible
from tui.options import configuration
from tui.web.doorkeeper import Doorkeeper, is_loopback

OPEN_TO_OTHERS = (
    "whoever reaches this port and has the link acts as you, your files included, and nothing is encrypted"
)


def run(options: argparse.Namespace) -> int:
    """Serve until interrupted. Raises UsageError for an address that cannot be, or is not to be, served."""
    config = configuration(options)
    if not 0 <= options.port < 1 << 16:
        raise UsageError(f"there is no port {options.port}", "give one from 0 to 65535; 0 takes any")
    if not is_loopback(options.host) and not options.expose:
        raise UsageError(
            f"{options.host} is not loopback: {OPEN_TO_OTHERS}",
            f"from elsewhere use ssh -L {options.port}:127.0.0.1:{options.port}, or add --expose",
        )
    try:
        import textual_serve.server  # noqa: F401
    except ImportError:
        raise UsageError(
            "the screen in a browser needs textual-serve, which is not installed",
            "pip install 'coder-tui[web]' (with pipx: pipx inject coder-tui textual-serve)",
        ) from None
    log_to(Places.of(config).log, config.log.level)
    return run_interruptible(_serve(options))


async def _serve(options: argparse.Namespace) -> int:
    from tui.web.server import Screens, serve

    exposed = not is_loopback(options.host)
    doorkeeper = Doorkeeper.of([*options.allow_host, options.host], exposed=exposed)
    # -P: a folder that the server is started in must not lend it modules.
    screens = Screens([sys.executable, "-P", "-m", "tui.web.child", *_arguments(options)], doorkeeper)
    try:
        runner = await serve(screens, options.host, options.port)
    except OSError as error:
        said = error.strerror or str(error)
        raise UsageError(
            f"cannot serve on {options.host} port {options.port}: {said}",
            "choose another: --port 0 takes any",
        ) from None
    try:
        _announce(options, runner.addresses[0], doorkeeper.token, exposed)
        await asyncio.Event().wait()
    finally:
        await runner.cleanup()
    return 0


def _announce(options: argparse.Namespace, address: tuple[str, int], token: str, exposed: bool) -> None:
    host = f"[{options.host}]" if ":" in options.host else options.host
    link = f"http://{host}:{address[1]}/{token}/"
    if options.json:
        say(json.dumps({"event": "serving", "link": link, "exposed": exposed}))
        return
    if exposed:
        print(f"coder-tui: open to others: {OPEN_TO_OTHERS}", file=sys.stderr)
    say(f"the screen is at {link}")
    say("the link is the key: give it to nobody; ctrl+c ends the server and every screen")


def _arguments(options: argparse.Namespace) -> list[str]:
    named = {"--isolation": options.isolation, "--config": options.config, "--example": options.example}
    given = [part for name, value in named.items() if value for part in (name, value)]
    return [*given, *(["--no-cache"] if options.no_cache else []), *filter(None, [options.run_id])]
