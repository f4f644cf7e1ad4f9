"""An evaluation on several machines, by dask.distributed, which is imported only when one is asked for."""
