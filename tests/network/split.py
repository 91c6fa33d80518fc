#!/usr/bin/env python3
"""split.py CONFIG FOLDER: gives each tunnel of the simulator's configuration a name of its own: good-N.test, dead-N.test, special ones.

Writes FOLDER/good.yaml with the good ones alone, FOLDER/all.yaml, and FOLDER/{good,dead} with their tunnels' names.
"""
import re
import sys

source, folder = sys.argv[1:]
SPECIAL = ["short", "dual.test", "half.test"]
lines = open(source).read().splitlines()
tunnels = [i for i, line in enumerate(lines) if line.startswith("  - {name: ") and "instance:" in line]
half = (len(tunnels) - len(SPECIAL)) // 2

good, everything, names = [], [], {"good": [], "dead": [], "special": []}
for i, line in enumerate(lines):
    kind = "good"
    if i in tunnels:
        number = tunnels.index(i)
        kind = "special" if number >= 2 * half else "good" if number < half else "dead"
        host = SPECIAL[number - 2 * half] if kind == "special" else f"{kind}-{number % half}.test"
        line = line.replace("https://localhost:", f"https://{host}:")
        name = re.match(r"  - \{name: ([^,]+),", line)[1]
        if kind == "special":
            line = line.replace(f"{{name: {name},", f"{{name: {host.split('.')[0]},")
        names[kind].append(name)
    everything.append(line)
    if kind == "good":
        good.append(line)

for name, content in {"good.yaml": good, "all.yaml": everything, "good": names["good"], "dead": names["dead"]}.items():
    with open(f"{folder}/{name}", "w") as file:
        file.write("\n".join(content) + "\n")
