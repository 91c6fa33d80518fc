#!/usr/bin/env python3
"""judge.py CONTROL_URL LOG STATUS CALM BOUND: did the daemon keep its promises while the network was bad?

Asks the simulator what is true, and compares it with the daemon's log and its `status --json`. The network was good again at
CALM (seconds since 1970); gaps that were open then were to close within BOUND seconds. Prints each broken promise, and ends with
1 if there is one; else figures.
"""
import datetime
import json
import sys
import urllib.request
from collections import Counter, defaultdict


def ask(url):
    with urllib.request.urlopen(url) as answer:
        return json.load(answer)


def read_log(path):
    """The events by tunnel, each list in order."""
    events = defaultdict(list)
    with open(path, encoding="utf-8") as log:
        for line in log:
            try:
                event = json.loads(line)
            except ValueError:
                continue
            if "tunnel" in event and "event" in event:
                events[event["tunnel"]].append(event)
    return events


def seconds(event):
    return datetime.datetime.fromisoformat(event["time"].replace("Z", "+00:00")).timestamp()


def out_of_step(changes, first_key):
    """How long, each time, in seconds."""
    held = {"cloud": first_key, "instance": first_key}
    since, times = None, []
    for change in changes:
        held[change["side"]] = change["key"]
        in_step = held["cloud"] == held["instance"]
        if in_step and since is not None:
            times.append((change["at_ms"] - since) / 1000)
            since = None
        elif not in_step and since is None:
            since = change["at_ms"]
    return times


class Judge:
    def __init__(self, calm, bound):
        self.calm, self.bound = calm, bound
        self.broken = []
        self.counts = Counter()
        self.gaps, self.times_out_of_step = [], []
        self.last_closed = 0.0

    def expect(self, holds, tunnel, what):
        if not holds:
            self.broken.append(f"{tunnel}: {what}")

    def judge_truth(self, tunnel, truth, events):
        count = Counter(event["event"] for event in events)
        minted, unknown = count["rotation.minted"], count["rotation.unknown"]
        made = truth["regenerates"]
        self.expect(truth["in_step"], tunnel, "the instance does not hold the cloud's key")
        self.expect(minted <= made <= minted + unknown, tunnel,
                    f"{minted} keys came and {unknown} requests were unknown, yet the cloud made {made}")
        of_cloud = {change["key"] for change in truth["changes"] if change["side"] == "cloud"}
        of_instance = {change["key"] for change in truth["changes"] if change["side"] == "instance"}
        self.expect(of_instance <= of_cloud, tunnel, "the instance was given a key that the cloud did not make for it")
        self.counts += count
        self.counts["keys"] += made
        for loud in ("rotation.held", "key.lost", "install.rejected", "install.wrong_url", "install.credentials_refused"):
            self.expect(count[loud] == 0, tunnel, loud)
        # The first change is of the cloud: until then both sides had the first key.
        self.times_out_of_step += out_of_step(truth["changes"], "")

    def judge_log(self, tunnel, events):
        """One rotation at a time: after its end, or another one's beginning, nothing more is heard of it."""
        current, over, minted_at = None, set(), None
        for event in events:
            name, rotation = event["event"], event.get("rotation")
            if name.startswith(("rotation.", "install.")) and rotation and rotation != current:
                self.expect(rotation not in over, tunnel, f"two rotations at once: {rotation} and {current}")
                over.add(current)
                current = rotation
            if name == "rotation.installed":
                self.gaps.append(int(event["gap_ms"]) / 1000)
                if seconds(event) - self.gaps[-1] < self.calm:
                    self.last_closed = max(self.last_closed, seconds(event) - self.calm)

    def judge_status(self, tunnel, status):
        self.expect(status["state"] == "idle" and status["gap_opened_at"] is None, tunnel, "its key gap is open")
        self.expect(not status["key_pending"], tunnel, "a key is left")
        self.expect(not status["confirmation_owed"], tunnel, "a confirmation is owed")

    def judge_all(self):
        count = self.counts
        self.expect(count["rotation.unknown"] > 0 and count["rotation.refused"] + count["preflight.failed"] > 0, "all",
                    "the network was not bad enough to prove anything")
        # Each unknown one is asked again, and owes one confirmation.
        bound = count["rotation.installed"] + count["rotation.unknown"]
        self.expect(count["keys"] <= bound, "all", f"{count['keys']} keys were made, for {bound} reasons")
        self.expect(self.last_closed <= self.bound, "all",
                    f"a gap closed {self.last_closed:.1f} s after the network was good again")


def spread(values):
    if not values:
        return "none"
    values = sorted(values)
    part = lambda share: values[min(len(values) - 1, int(len(values) * share))]
    return f"median {part(0.5):.2f} s, 95th percentile {part(0.95):.2f} s, longest {values[-1]:.2f} s"


def main():
    control, log, status, calm, bound = sys.argv[1:]
    judge = Judge(float(calm), float(bound))
    events = read_log(log)
    with open(status, encoding="utf-8") as file:
        by_tunnel = {each["name"]: each for each in json.load(file)["tunnels"]}
    for tunnel in sorted(by_tunnel):
        judge.judge_truth(tunnel, ask(f"{control}/tunnels/{tunnel}"), events[tunnel])
        judge.judge_log(tunnel, events[tunnel])
        judge.judge_status(tunnel, by_tunnel[tunnel])
    judge.judge_all()
    if judge.broken:
        sys.exit("\n".join(judge.broken))
    count = judge.counts
    print(f"bad network: {len(by_tunnel)} tunnels, all in step; {count['rotation.installed']} rotations, "
          f"{count['keys']} keys made, {count['rotation.unknown']} regenerates unknown, {count['rotation.refused']} refused, "
          f"{count['preflight.failed']} preflights failed, {count['install.retry']} installs tried again, "
          f"{count['confirmation.done']} confirmations\n"
          f"  key gaps: {spread(judge.gaps)}\n"
          f"  out of step, as the peers know: {spread(judge.times_out_of_step)}\n"
          f"  the last gap closed {max(judge.last_closed, 0):.1f} s after the network was good again")


main()
