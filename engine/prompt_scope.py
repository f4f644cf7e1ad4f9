"""Whose version of a prompt template is used."""

from __future__ import annotations

from enum import StrEnum


class Scope(StrEnum):
    """Whose version of a template it is, weakest first."""

    SHIPPED = "shipped"
    USER = "user"
    PROJECT = "project"
