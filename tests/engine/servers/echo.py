"""Servers that give back the key that they were sent, in every place where they can put words."""

from __future__ import annotations

import json
from urllib.parse import quote

from tests.engine.servers.loopback import Answer, Asked, Handler


def _key(asked: Asked) -> str:
    return asked.headers.get("authorization", "").removeprefix("Bearer ")


async def refused(asked: Asked, answer: Answer) -> None:
    await answer.whole(401, {"error": {"message": f"Incorrect API key provided: {_key(asked)}"}})


async def bad_request(asked: Asked, answer: Answer) -> None:
    await answer.whole(400, {"error": {"message": f"header Authorization: Bearer {_key(asked)}", "code": 1}})


async def detail(asked: Asked, answer: Answer) -> None:
    await answer.whole(422, {"detail": [{"loc": ["headers"], "input": _key(asked)}]})


async def debug_page(asked: Asked, answer: Answer) -> None:
    await answer.whole(500, f"<html><pre>AUTH={_key(asked)}</pre></html>", "text/html")


async def plain_text(asked: Asked, answer: Answer) -> None:
    await answer.whole(500, f"panic: {_key(asked)} and {quote(_key(asked))}", "text/plain")


async def in_the_stream(asked: Asked, answer: Answer) -> None:
    await answer.start(200, "text/event-stream")
    await answer.send(f"data: {json.dumps({'error': {'message': 'no worker for ' + _key(asked)}})}\n\n")
    await answer.finish()


async def content_type(asked: Asked, answer: Answer) -> None:
    await answer.whole(200, "{}", f"application/{_key(asked)}")


async def redirect(asked: Asked, answer: Answer) -> None:
    await answer.whole(302, "", location=f"http://127.0.0.1:9/?key={_key(asked)}")


async def status_line(asked: Asked, answer: Answer) -> None:
    await answer.raw(f"{_key(asked)} 200 OK\r\n\r\n".encode())


async def retry_after(asked: Asked, answer: Answer) -> None:
    body = {"error": {"message": f"too many requests with {_key(asked)}"}}
    await answer.whole(429, body, retry_after=f"900 {_key(asked)}")


async def model_name(asked: Asked, answer: Answer) -> None:
    body = {"error": {"message": f"The model {_key(asked)} does not exist"}}
    await answer.whole(404, body)


ALL: tuple[Handler, ...] = (
    refused, bad_request, detail, debug_page, plain_text, in_the_stream, content_type, redirect, status_line,
    retry_after, model_name,
)  # fmt: skip


def wants_key(handler: Handler) -> Handler:
    """The handler behind a door that opens only to a request with a key, so that one is sent."""

    async def guarded(asked: Asked, answer: Answer) -> None:
        if _key(asked):
            await handler(asked, answer)
        else:
            await answer.whole(401, {"error": {"message": "a key is needed"}})

    return guarded
