"""The digest of a daemon's image, asked for without the client library, which is slow to import."""

from __future__ import annotations

import http.client
import json
import socket
from urllib.parse import quote

SECONDS = 2.0


def quick_image_id(host: str, image: str) -> str:
    """The digest of an image of the daemon at a local socket; "" where there is none, or no quick answer.

    Blocking, 2 s at most.
    """
    if not host.startswith("unix://"):
        return ""
    connection = http.client.HTTPConnection("localhost", timeout=SECONDS)
    try:
        connection.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        connection.sock.settimeout(SECONDS)
        connection.sock.connect(host.removeprefix("unix://"))
        connection.request("GET", f"/images/{quote(image, safe=':/')}/json")
        answer = connection.getresponse()
        found = json.loads(answer.read()) if answer.status == 200 else {}
        return str(found.get("Id", "")) if isinstance(found, dict) else ""
    except (OSError, http.client.HTTPException, ValueError):
        return ""
    finally:
        connection.close()
