"""What each role may know of a request."""

from __future__ import annotations

import binascii

from sandbox.harness.frames import Frame

BEGUN, DONE = b"1", b"2"  # told by a child: it read its request, it wrote its last report
SCREEN_SECONDS = 600.0  # of one screening as a whole
_SCREEN = ("path", "variants", "stop_after", "trace", "patient")


def request_for(role: str, request: Frame) -> Frame:
    """The part of `request` that is sent to a child, files as bytes: a worker gets nothing of the tests
    (not even which were selected), a tester nothing of the candidate but its paths."""
    part = _part(role, request)
    return {**part, **{key: decode_files(part[key]) for key in ("files", "tests") if key in part}}


def _part(role: str, request: Frame) -> Frame:
    if role == "scripts":
        return {"programs": request["programs"], "limits": request["limits"]}
    common: Frame = {"modules": sorted(request["files"]), "limits": request["limits"], "selection": []}
    if role == "worker":
        return {**common, "files": request["files"]}
    common["selection"] = request.get("selection", [])
    if role == "tester":
        return {**common, "tests": request["tests"], "stay": request.get("stay", False)}
    extra = {key: request[key] for key in _SCREEN if key in request}
    return {**common, "files": request["files"], "tests": request["tests"], **extra}


def decode_files(files: dict[str, str]) -> dict[str, bytes]:
    """Files as they are in a frame (base64) to bytes."""
    return {path: binascii.a2b_base64(text) for path, text in files.items()}
