"""One unit to the cluster and its result back."""

from __future__ import annotations

from collections import Counter

from distributed import Client
from distributed.client import FutureCancelledError
from distributed.scheduler import KilledWorker

from engine.evaluation.cluster.connecting import GO_ON
from engine.evaluation.cluster.dask import ClusterLost, reason
from engine.evaluation.cluster.order import pack, unpack
from engine.evaluation.cluster.tasks import SANDBOX, do_unit
from engine.evaluation.conclusion import unfinished
from engine.evaluation.unit import Unit, UnitResult, result_adapter, unit_adapter


class Killed(Exception):
    """Every worker that had the unit died."""


class Sender:
    """Sends the units of one order."""

    def __init__(self, client: Client, order: bytes, name: str) -> None:
        self._client, self._order, self._name = client, order, name
        self._tries: Counter[str] = Counter()

    async def send(self, unit: Unit) -> UnitResult:
        """Its result; raises Killed, and ClusterLost when nobody can say."""
        self._tries[unit.key] += 1
        future = self._client.submit(
            do_unit,
            self._order,
            pack(unit_adapter, unit),
            key=f"coder-tui-{self._name}-{unit.key}-{self._tries[unit.key]}",
            resources={SANDBOX: 1},
            retries=1,
        )
        try:
            return _read(unit, await future)
        except KilledWorker as error:
            many, last = error.allowed_failures + 1, error.last_worker.address
            raise Killed(
                f"{many} workers died while they had this unit, and alone as well; the last was {last}"
            ) from None
        except FutureCancelledError:
            raise ClusterLost("the cluster's scheduler went away", GO_ON) from None
        except Exception as error:  # whatever a worker raised came by the wire
            return unfinished(unit, f"a worker failed: {reason(error)}")
        finally:
            future.release()


def _read(unit: Unit, data: object) -> UnitResult:
    try:
        result = unpack(result_adapter, data if isinstance(data, bytes) else b"")
    except ValueError:
        return unfinished(unit, "a worker answered with what is no result")
    return result if result.key == unit.key else unfinished(unit, "a worker answered for another unit")
