"""The rules by family, in the order of their ids."""

from __future__ import annotations

from engine.guardrails.family import Family
from engine.guardrails.rules import (
    dynamic,
    files,
    introspection,
    native,
    network,
    process,
    resources,
    secrets,
    syntax,
    tampering,
)  # fmt: skip

FAMILIES: tuple[Family, ...] = (
    syntax.FAMILY, process.FAMILY, dynamic.FAMILY, files.FAMILY, network.FAMILY, introspection.FAMILY,
    native.FAMILY, secrets.FAMILY, tampering.FAMILY, resources.FAMILY,
)  # fmt: skip
