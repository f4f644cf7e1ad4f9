"""A few units to the cluster and their results back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from distributed import Client
from distributed.client import FutureCancelledError
from distributed.scheduler import KilledWorker

from engine.evaluation.cluster.connecting import GO_ON
from engine.evaluation.cluster.dask import ClusterLost, reason
from engine.evaluation.cluster.order import batch_adapter, pack, results_adapter, unpack
from engine.evaluation.cluster.tasks import SANDBOX, do_units
from engine.evaluation.conclusion import unfinished
from engine.evaluation.unit import Unit, UnitResult


class Killed(Exception):
    """Every worker that had the units died."""


class Sender:
    """Sends the units of one order."""

    def __init__(self, client: Client, order: bytes, name: str) -> None:
        self._client, self._order, self._name = client, order, name
        self._tries: Counter[str] = Counter()

    async def send(self, units: Sequence[Unit]) -> list[UnitResult]:
        """Their results, done by one worker; raises Killed, and ClusterLost when nobody can say."""
        first = units[0].key
        self._tries[first] += 1
        future = self._client.submit(
            do_units,
            self._order,
            pack(batch_adapter, list(units)),
            key=f"coder-tui-{self._name}-{first}-{self._tries[first]}",
            resources={SANDBOX: 1},
            retries=1,
        )
        try:
            return _read(units, await future)
        except KilledWorker as error:
            many, last = error.allowed_failures + 1, error.last_worker.address
            raise Killed(
                f"{many} workers died while they had this unit, and alone as well; the last was {last}"
            ) from None
        except FutureCancelledError:
            raise ClusterLost("the cluster's scheduler went away", GO_ON) from None
        except Exception as error:  # whatever a worker raised came by the wire
            return _unfinished(units, f"a worker failed: {reason(error)}")
        finally:
            future.release()


def _read(units: Sequence[Unit], data: object) -> list[UnitResult]:
    try:
        results = unpack(results_adapter, data if isinstance(data, bytes) else b"")
    except ValueError:
        return _unfinished(units, "a worker answered with what is no result")
    if [result.key for result in results] != [unit.key for unit in units]:
        return _unfinished(units, "a worker answered for another unit")
    return results


def _unfinished(units: Sequence[Unit], why: str) -> list[UnitResult]:
    return [unfinished(unit, why) for unit in units]
