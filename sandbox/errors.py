"""What can go wrong with a sandbox that is not the candidate's doing."""

from __future__ import annotations


class SandboxError(Exception):
    """A fault of ours or of the machine, never of the candidate: ends as `infrastructure`.

    `message` says what happened and why in one line; `remedy` is the command or setting
    that mends it, or "" where there is none.
    """

    def __init__(self, message: str, remedy: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.message} ({self.remedy})" if self.remedy else self.message


class IsolationUnavailable(SandboxError):
    """The isolation that was asked for, or the least one allowed, is not to be had here."""


class SandboxLost(SandboxError):
    """A running sandbox or its daemon went away in the middle of an execution."""


class SandboxStartFailed(SandboxError):
    """A sandbox did not come up."""


class JobRefused(SandboxError):
    """The job itself is malformed: a path outside the workspace, no tests, too large."""
