"""Runs on Dask's distributed scheduler: batches of traces, and workers that anybody starts.

The extra `necp-replay[dask]` brings it. Start with `run.py`, which hands out batches and takes
their reports; `batches.py` divides the traces, and `remote.py` reads traces from URLs:

    with Cluster("tcp://10.0.0.1:8786") as cluster:
        for index, report in cluster.reports(traces, work, order, costs):
            print(index, report.verdict)

It imports `replay` and what that needs, and nothing private of them.
"""
