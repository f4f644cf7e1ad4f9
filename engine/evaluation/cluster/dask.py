"""dask.distributed, where the extra is installed: imported late, its log kept out of the terminal."""

from __future__ import annotations

import logging
import os
from typing import TYPE_CHECKING

from engine.errors import CoderTuiError, UsageError
from engine.evaluation.cluster.address import Cluster

if TYPE_CHECKING:
    from distributed.security import Security

# Read when it is imported, here and in the processes that a worker starts; what the user has set stands.
# dask watches itself ten to a hundred times a second, which is a twentieth of a core for an idle worker.
QUIET = {
    "DASK_LOGGING__DISTRIBUTED": "warning",
    "DASK_DISTRIBUTED__ADMIN__LARGE_GRAPH_WARNING_THRESHOLD": "1GB",
    "DASK_DISTRIBUTED__ADMIN__TICK__INTERVAL": "500ms",
    "DASK_DISTRIBUTED__ADMIN__SYSTEM_MONITOR__INTERVAL": "5s",
    "DASK_DISTRIBUTED__WORKER__MEMORY__MONITOR_INTERVAL": "2s",
    "DASK_DISTRIBUTED__WORKER__PROFILE__ENABLED": "False",
}
NAMES = ("distributed", "distributed.client", "distributed.gc", "tornado", "tornado.application")


class ClusterLost(CoderTuiError):
    """The cluster cannot be reached, or has nobody left to work."""


def need_dask() -> None:
    """Import it. Raises UsageError where the extra is not installed."""
    for name, value in QUIET.items():
        os.environ.setdefault(name, value)
    try:
        import distributed  # noqa: F401
    except ImportError as error:
        raise UsageError(
            f"a cluster needs dask.distributed, which is not there ({error})",
            "pip install 'coder-tui[cluster]'",
        ) from None
    log_through_ours()


def log_through_ours() -> None:
    """Take dask's log from the terminal: it goes where the rest of this process's log goes."""
    for name in NAMES:
        logger = logging.getLogger(name)
        logger.handlers.clear()
        logger.propagate = True


def security_of(cluster: Cluster, role: str) -> Security:
    """What `role` ("client" or "worker") shows and asks of its peers. Raises UsageError."""
    from distributed.security import Security

    if not cluster.encrypted:
        return Security(require_encryption=False)
    files = {"tls_ca_file": cluster.ca, f"tls_{role}_cert": cluster.cert, f"tls_{role}_key": cluster.key}
    security = Security(require_encryption=True, **{name: path for name, path in files.items() if path})
    if not security.tls_ca_file or not getattr(security, f"tls_{role}_cert"):
        raise UsageError(
            f"{cluster.address} needs a certificate and the authority that signs those of its peers",
            "name --tls-ca, --tls-cert and --tls-key (docs/cluster.md says how to make them)",
        )
    try:
        security.get_connection_args(role)
    except (OSError, ValueError) as error:  # ssl.SSLError is an OSError
        raise UsageError(
            f"the files of TLS cannot be used: {error}", "check that they belong together"
        ) from None
    return security


def reason(error: BaseException) -> str:
    """An error's own words on one line, or its name where it has none."""
    return " ".join(str(error).split()) or type(error).__name__
