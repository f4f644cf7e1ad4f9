"""Calls of libraries that no table lists, judged by what they are called and what they are given."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from engine.guardrails.family import Call, Hit
from engine.guardrails.paths import foreign
from engine.guardrails.rules.files import place
from engine.guardrails.values import texts

# Where a connection goes: any scheme but those that stay in the file system or in the text.
_ADDRESS = re.compile(r"(?!file|data|mailto|tag|urn|sqlite)[a-z][a-z0-9+.-]+://[^\s<>]+", re.I)
# What one does with an address; many functions only take one as a name or put it into a text.
_GOES = re.compile(
    r"(read|load|open|get|post|put|patch|delete|head|fetch|download|request|retrieve|connect|send|stream|"
    r"scrape|crawl|browse|goto|dial|publish|subscribe|create_\w*(engine|client|connection|session)|from_url)"
    r"(_\w+|all)?|\w*(client|connection|session|engine|driver|proxy|socket|producer|consumer)",
    re.I,
)
# Arguments that name somebody to talk to.
_PEERS = frozenset({"host", "hostname", "bootstrap_servers", "endpoint_url", "dsn"})
_FILE = re.compile(r"[\w./~:\\{}-]*[\w}-]\.[A-Za-z]\w{0,5}|(/|\.{1,2}/|~/|[A-Za-z]:\\)\S+")
_WRITES = re.compile(
    r"(to_|write|save|dump|export|im(write|save)|print_to)\w*|\w+_(write|save|dump)|tofile|postscript"
)
_READS = re.compile(r"(read|load|open|imread|from_?(file|path|csv|json))\w*|\w+_(read|load|open|from_file)")
# An expression in a table's own language that reaches for more than its columns.
_EVALUATES = frozenset({"eval", "exec", "query"})
_REACHES = re.compile(r"__|@\w+[.(]|\bimport\b|\bopen\(")
# Of the standard library, writers that take a file's name; the rest is in the tables.
_OWN_WRITERS = re.compile(r"xml\.\S*\.write|\S+\(\)\.(save|dump|dump_stats|postscript|write_results_file)")


@lru_cache(maxsize=8192)
def watched(path: str) -> bool:
    """Whether it matters what texts a call of `path` is given."""
    return foreign(path) or _OWN_WRITERS.fullmatch(path) is not None


def given(call: Call) -> Iterable[Hit]:
    """What a watched call with known texts does: goes to an address, runs a text, writes or reads a file."""
    path = call.callee.path
    name = path.rpartition(".")[2]
    known = [text for values in (*call.arguments, *call.keywords.values()) for text in texts(values)]
    if not foreign(path):
        if any(_FILE.fullmatch(text) for text in known):
            yield call.hit("G301")
        return
    connects = name == "connect" and ":memory:" not in known
    if (
        connects
        or not _PEERS.isdisjoint(call.keywords)
        or (_GOES.fullmatch(name) and any(_ADDRESS.fullmatch(text) for text in known))
    ):
        yield call.hit("G401")
    elif name in _EVALUATES and any(_REACHES.search(text) for text in known):
        yield call.hit("G201")
    elif any(_FILE.fullmatch(text) for text in known):
        if _WRITES.fullmatch(name):
            yield call.hit("G301")
        elif _READS.fullmatch(name):
            yield from place("G303", call, call.argument(0) or next(iter(call.keywords.values()), ()))
