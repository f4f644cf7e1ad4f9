"""Functions of the library that turn constants into text: decoders, conversions, parts of paths."""

from __future__ import annotations

import base64
import binascii
import codecs
from collections.abc import Callable, Mapping
from typing import Any

_CODECS = frozenset(
    ["rot13", "hex", "utf8", "ascii", "latin1", "base64", "hexcodec", "unicodeescape", "utf16", "utf7"]
)


def _rot(value: Any, encoding: Any = "utf-8") -> Any:
    if str(encoding).replace("-", "").replace("_", "").lower() not in _CODECS:
        raise ValueError(encoding)
    return codecs.decode(value, str(encoding))


FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    "builtins.chr": chr, "builtins.ord": ord, "builtins.str": lambda value="", encoding="utf-8", *rest: (
        value.decode(encoding) if isinstance(value, bytes) else str(value)
    ),
    "builtins.int": int, "builtins.float": float, "builtins.ascii": ascii,
    "builtins.repr": repr, "builtins.len": len,
    "base64.b64decode": base64.b64decode, "base64.b32decode": base64.b32decode,
    "base64.b16decode": base64.b16decode,
    "base64.urlsafe_b64decode": base64.urlsafe_b64decode, "base64.standard_b64decode": base64.b64decode,
    "base64.decodebytes": base64.decodebytes, "base64.b85decode": base64.b85decode,
    "base64.a85decode": base64.a85decode, "binascii.unhexlify": binascii.unhexlify,
    "binascii.a2b_hex": binascii.a2b_hex, "binascii.a2b_base64": binascii.a2b_base64, "codecs.decode": _rot,
    "codecs.encode": lambda value, encoding="utf-8": (
        codecs.encode(value, "rot13") if "rot" in str(encoding) else str(value).encode()
    ),
    "builtins.bytes.fromhex": bytes.fromhex, "builtins.bytearray.fromhex": bytes.fromhex,
    "sys.intern": str, "builtins.abs": abs, "builtins.hex": hex,
    "os.path.join": lambda *parts: "/".join(parts), "os.path.expanduser": str, "os.path.abspath": str,
    "os.path.normpath": str, "os.path.realpath": str, "os.fsencode": str, "os.fsdecode": str,
    "os.fspath": str,
}  # fmt: skip
