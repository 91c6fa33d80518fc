#!/usr/bin/env python3
"""durations.py NAMES <LOG: the median and the longest of these tunnels' rotations in the log, in milliseconds."""
import datetime
import json
import statistics
import sys

names = set(open(sys.argv[1]).read().split())
begun, took = {}, {}
for line in sys.stdin:
    entry = json.loads(line)
    tunnel = entry.get("tunnel")
    if tunnel in names and entry["event"] in ("rotation.begun", "rotation.installed"):
        at = datetime.datetime.fromisoformat(entry["time"].replace("Z", "+00:00"))
        if entry["event"] == "rotation.begun":
            begun[tunnel] = at
        else:
            took[tunnel] = (at - begun[tunnel]) / datetime.timedelta(milliseconds=1)
assert set(took) == names, f"not rotated: {names - set(took)}"
print(round(statistics.median(took.values())), round(max(took.values())))
