"""Servers that answer with anything but their protocol."""

from __future__ import annotations

import gzip

from tests.engine.servers.loopback import Answer, Asked, Handler

_MEGABYTE = b"x" * 1024 * 1024


async def web_page(asked: Asked, answer: Answer) -> None:
    await answer.whole(
        200, "<html><body>Sign in to the hotel's network</body></html>", "text/html; charset=utf-8"
    )


async def broken_gateway(asked: Asked, answer: Answer) -> None:
    await answer.whole(502, "<html><h1>502 Bad Gateway</h1></html>", "text/html")


async def redirect(asked: Asked, answer: Answer) -> None:
    await answer.whole(307, "", location="http://127.0.0.1:9/elsewhere")


async def garbage(asked: Asked, answer: Answer) -> None:
    kind = "text/event-stream" if "chat/completions" in asked.path else "application/json"
    await answer.whole(200, b'data: [1, "\xff\xfe"]\n\ndata: null\n\n\x00\x01{]\n', kind)


async def wrong_shapes(asked: Asked, answer: Answer) -> None:
    if "chat/completions" in asked.path:
        await answer.whole(200, 'data: {"choices": "none", "usage": [1]}\n\ndata: 3\n\n', "text/event-stream")
    else:
        await answer.whole(200, '[{"message": 3}]\n')


async def error_of_wrong_shape(asked: Asked, answer: Answer) -> None:
    await answer.whole(400, [["no"]])


async def flood(asked: Asked, answer: Answer) -> None:
    """100 MB without one end of line."""
    await answer.start(200, "text/event-stream" if "chat/completions" in asked.path else "application/json")
    for _ in range(100):
        await answer.send(_MEGABYTE)
    await answer.finish()


async def flood_of_error(asked: Asked, answer: Answer) -> None:
    await answer.start(500)
    for _ in range(100):
        await answer.send(_MEGABYTE)
    await answer.finish()


async def bomb(asked: Asked, answer: Answer) -> None:
    """100 MB in 100 KB."""
    await answer.whole(200, gzip.compress(_MEGABYTE * 100, 1), content_encoding="gzip")


async def not_http(asked: Asked, answer: Answer) -> None:
    await answer.raw(b"SSH-2.0-OpenSSH_9.2\r\n")


async def silence(asked: Asked, answer: Answer) -> None:
    """Takes the request and hangs up."""


ALL: tuple[Handler, ...] = (
    web_page,
    broken_gateway,
    redirect,
    garbage,
    wrong_shapes,
    error_of_wrong_shape,
    flood,
    flood_of_error,
    bomb,
    not_http,
    silence,
)
