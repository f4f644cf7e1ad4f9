"""The engine's exception tree: what happened, why, and the command or setting that mends it."""

from __future__ import annotations

from typing import ClassVar


class CoderTuiError(Exception):
    """Anything that ends a command with one clear line.

    `exit_status` follows the command line's contract: 1 not solved, 2 usage, 3 infrastructure.
    """

    exit_status: ClassVar[int] = 3

    def __init__(self, message: str, remedy: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.message}. {self.remedy}" if self.remedy else self.message


class UsageError(CoderTuiError):
    """The user's input cannot be used as it is: file, tests, function, option."""

    exit_status = 2


class WorkspaceError(UsageError):
    """A path outside the workspace, a missing, unreadable, binary or oversized file."""


class TestsUnusable(UsageError):
    """The tests do not parse or collect nothing."""

    __test__ = False


class ConfigError(UsageError):
    """A configuration file, variable or option is wrong."""


class ProviderError(CoderTuiError):
    """A provider did not give a usable completion; `retryable` says whether trying again may help."""

    retryable: ClassVar[bool] = False


class ProviderUnreachable(ProviderError):
    """No server answers at the address."""

    retryable = True


class ProviderTimeout(ProviderError):
    """Connecting, the first token, or the next token took longer than its limit."""

    retryable = True


class ProviderRefused(ProviderError):
    """The server answered with an error, or with something that is not its protocol."""


class RateLimited(ProviderError):
    """The server asks to wait; `retry_after` is in seconds."""

    retryable = True

    def __init__(self, message: str, remedy: str = "", retry_after: float = 0.0) -> None:
        super().__init__(message, remedy)
        self.retry_after = retry_after


class ModelMissing(ProviderError):
    """The server does not have the model."""


class KeyMissing(ProviderError):
    """A cloud provider was named and its key is not in the environment."""

    exit_status = 2


class PromptTruncated(ProviderError):
    """The model did not see the whole prompt."""


class Exhausted(ProviderError):
    """The provider has no further completion for this task (replay at its end, search out of ideas)."""


class BudgetSpent(ProviderError):
    """The run's budget of tokens or money does not reach for another answer."""


class JournalError(CoderTuiError):
    """The journal cannot be read or written; what was shown before is on disk."""


class AcceptRefused(CoderTuiError):
    """The fix was not written: the file changed on disk, or cannot be written."""
