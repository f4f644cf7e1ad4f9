"""Configuration in one place: shipped defaults, the user's file, the project's, environment, command line."""

from __future__ import annotations

from engine.config_load import default_file, load, load_with_origins, project_file, user_file
from engine.config_model import Config

__all__ = ["Config", "default_file", "load", "load_with_origins", "project_file", "user_file"]
