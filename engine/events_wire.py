"""How every event is written down: frozen, bytes as base64, no field that is not known."""

from __future__ import annotations

from pydantic import ConfigDict

WIRE = ConfigDict(ser_json_bytes="base64", val_json_bytes="base64", extra="forbid")
