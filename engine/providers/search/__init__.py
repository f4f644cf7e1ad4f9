"""Repair without a model: localise, mutate, screen, rank."""

from engine.providers.search.provider import SearchProvider

__all__ = ["SearchProvider"]
