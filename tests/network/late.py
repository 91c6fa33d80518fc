#!/usr/bin/env python3
"""late.py ADDRESS SECONDS: how many of a thousand questions to /livez are answered late, by more than 15 ms.

A question is due each 10 ms, and its answer is late as counted from then: while the event loop stands still, so are those that could
not be asked in time.
"""
import http.client
import sys
import time

EVERY, LATE = 0.010, 0.015
address, seconds = sys.argv[1], float(sys.argv[2])
begun, late, asked = time.monotonic(), 0, round(seconds / EVERY)
for number in range(asked):
    due = begun + number * EVERY
    time.sleep(max(0.0, due - time.monotonic()))
    connection = http.client.HTTPConnection(address, timeout=10)
    connection.request("GET", "/livez")
    status = connection.getresponse().status
    assert status == 200, status
    connection.close()
    late += time.monotonic() - due > LATE
print(round(1000 * late / asked))
