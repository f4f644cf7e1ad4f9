"""The options that say where a cluster is and how it is reached."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine.config import Config
    from engine.evaluation.cluster.address import Cluster
    from engine.evaluation.unit import Brief, Crew


def add_cluster(command: argparse.ArgumentParser) -> None:
    """Let a command that evaluates do so on a cluster."""
    group = command.add_argument_group("on other machines (docs/cluster.md)")
    group.add_argument("--cluster", default="", metavar="ADDRESS", help="a dask scheduler, tls://HOST:PORT")
    _add_reach(group)


def add_worker(command: argparse.ArgumentParser) -> None:
    """The options of `coder-tui worker`."""
    command.add_argument("cluster", metavar="ADDRESS", help="the dask scheduler to work for, tls://HOST:PORT")
    command.add_argument(
        "--slots", type=int, default=0, metavar="N", help="sandboxes at once (0: as there is room)"
    )
    command.add_argument("--name", default="", metavar="NAME", help="what the cluster calls it")
    command.add_argument("--host", default="", metavar="HOST", help="the address under which peers reach it")
    command.add_argument("--port", type=int, default=0, metavar="PORT", help="… and the port (0: any)")
    _add_reach(command)


def _add_reach(group: argparse._ActionsContainer) -> None:
    group.add_argument("--tls-ca", default="", metavar="FILE", help="the authority that signs all peers")
    group.add_argument("--tls-cert", default="", metavar="FILE", help="the certificate to show")
    group.add_argument("--tls-key", default="", metavar="FILE", help="… and its key")
    group.add_argument(
        "--no-tls",
        action="store_true",
        help="speak unencrypted beyond this machine: only in a trusted network",
    )


def cluster_of(options: argparse.Namespace) -> Cluster | None:
    """The cluster that is asked for, if one is. Raises UsageError, also where dask is not installed."""
    from engine.errors import UsageError

    named = getattr(options, "cluster", "")
    reach = {name: getattr(options, name, "") for name in ("tls_ca", "tls_cert", "tls_key", "no_tls")}
    if not named:
        for name in (name for name, value in reach.items() if value):
            raise UsageError(f"--{name.replace('_', '-')} belongs to --cluster", "add it, or leave this out")
        return None
    from engine.evaluation.cluster.address import cluster_at
    from engine.evaluation.cluster.dask import need_dask

    ca, cert, key, unencrypted = reach.values()
    cluster = cluster_at(named, ca=ca, cert=cert, key=key, unencrypted=bool(unencrypted))
    need_dask()
    return cluster


def crew_at(cluster: Cluster, brief: Brief, config: Config, options: argparse.Namespace) -> Crew:
    """Those who work there; what dask says of lines that broke goes to our log."""
    from engine.evaluation.cluster.crew import ClusterCrew
    from engine.logs import log_to
    from engine.places import Places

    log_to(Places.of(config).log, config.log.level)
    return ClusterCrew(brief, config, cluster, jobs=options.jobs, calls=getattr(options, "calls", 1))
