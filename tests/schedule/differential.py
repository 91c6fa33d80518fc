#!/usr/bin/python3
"""differential.py croniter|systemd PROGRAM: do random cron expressions run when another program says so?

PROGRAM is tunnelkeyd-next. In UTC, and in zones whose clocks change: there only what is two days or more away from
a change, since programs differ on what to do then. Exits with 77 where the other program is missing. Debian's own
python3, since the package python3-croniter is for that alone.
"""
import datetime
import os
import random
import re
import subprocess
import sys
import zoneinfo

sys.dont_write_bytecode = True  # nothing beside the sources
from expressions import Expression  # noqa: E402

UTC = datetime.timezone.utc
ZONES = ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "Africa/Casablanca",
         "Pacific/Apia"]
COUNT = 4


def skip(reason):
    print("skipped:", reason)
    sys.exit(77)


def random_time(chance):
    first = datetime.datetime(2020, 1, 1, tzinfo=UTC)
    return first + datetime.timedelta(seconds=chance.randrange(10 * 365 * 86400))


def iso(time):
    return time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def is_near_change(zone, time):
    offsets = {(time + datetime.timedelta(hours=hours)).astimezone(zone).utcoffset() for hours in (-48, 0, 48)}
    return len(offsets) > 1


def ask_ours(program, questions):
    """A list of times for each (expression, zone's name, start)."""
    lines = "".join(f"{expression.text()}\t{zone}\t{iso(start)}\t{COUNT}\n" for expression, zone, start in questions)
    answers = subprocess.run([program], input=lines, capture_output=True, text=True, check=True).stdout
    return [line if line.startswith("wrong") else line.split(" ") for line in answers.splitlines()]


class Comparison:
    def __init__(self):
        self.same, self.near_change, self.different = 0, 0, 0

    def add(self, question, ours, theirs):
        expression, zone, start = question
        parsed = [start] + [datetime.datetime.strptime(each, "%Y-%m-%dT%H:%M:%S%z") for each in {*ours, *theirs}]
        if any(is_near_change(zoneinfo.ZoneInfo(zone), each) for each in parsed):
            self.near_change += 1
        elif ours == theirs:
            self.same += 1
        else:
            self.different += 1
            if self.different <= 20:
                print(f"DIFFERENT: {expression.text()!r} in {zone} after {iso(start)}:\n  ours   {ours}\n"
                      f"  theirs {theirs}")


def show_figures(name, line):
    print(line)
    if folder := os.environ.get("TUNNELKEYD_FIGURES"):
        os.makedirs(folder, exist_ok=True)
        with open(os.path.join(folder, name), "w") as file:
            file.write(line + "\n")


def oversteps_february(expression, first, last):
    """Does croniter miss a day in March? From the end of February it goes on to the least day left, even if that is
    the 30th or 31st, and so arrives on 2 or 3 March: what is allowed before that is lost."""
    days = expression.day.values()
    for year in range(first.year, last.year + 1):
        march = datetime.datetime(year, 3, 1, tzinfo=first.tzinfo)
        length = (march - datetime.timedelta(days=1)).day
        beyond = [day for day in days if day > length]
        if first < march <= last and beyond and min(beyond) - length > min(days):
            return {2, 3} <= expression.month.values() and len(days) < 31
    return False


def crosses_change(local, times):
    shown = [datetime.datetime.strptime(each, "%Y-%m-%dT%H:%M:%S%z").astimezone(local.tzinfo) for each in times]
    return any(each.utcoffset() != local.utcoffset() for each in shown)


def compare_croniter(program):
    try:
        from croniter import croniter
    except ImportError:
        skip("no croniter; script/bootstrap test installs it")
    chance = random.Random(20261205)
    expressions = [Expression(chance) for _ in range(5000)]
    never = [each for each in expressions if each.never_comes()]
    expressions = [each for each in expressions if not each.never_comes()]
    questions = [(each, "UTC", random_time(chance)) for each in expressions]
    questions += [(each, chance.choice(ZONES), random_time(chance)) for each in expressions]

    # Where croniter has another rule by design it is asked in another way, and the answers are compared as well.
    named = dict.fromkeys(["star-with-step", "list-of-all-days", "no-such-day", "march", "clock"], 0)
    result = Comparison()
    for question, ours in zip(questions, ask_ours(program, questions)):
        expression, zone, start = question
        all_days, all_weekdays = expression.names_all()
        text, day_or = expression.text(), True
        if expression.either_day() and (all_days or all_weekdays):
            # "1-31 mon": croniter takes a field that names every day for a star, and so wants both. For us either
            # suffices, and that is each day.
            named["list-of-all-days"] += 1
            minute, hour, _, month, _ = text.split(" ")
            text = f"{minute} {hour} * {month} *"
        elif not expression.either_day() and not (all_days or all_weekdays):
            # "*/2 mon": croniter takes a star with a step for restricted, and so wants either. For us, both.
            named["star-with-step"] += 1
            day_or = False
        elif expression.either_day() and expression.has_no_such_day():
            # "30 2 mon": croniter gives up, since one of the two never comes. For us the other suffices.
            named["no-such-day"] += 1
            minute, hour, _, month, weekday = text.split(" ")
            text = f"{minute} {hour} * {month} {weekday}"
        local = start.astimezone(zoneinfo.ZoneInfo(zone))
        asked = local
        if crosses_change(local, ours):
            # Behind a change of clocks croniter's first answer is often off by the change, or one too many: asked by
            # what the clocks show, which it knows nothing of.
            named["clock"] += 1
            asked = local.replace(tzinfo=None)
        other = croniter(text, asked, ret_type=datetime.datetime, day_or=day_or, max_years_between_matches=50)
        theirs = [iso(other.get_next().replace(tzinfo=local.tzinfo)) for _ in range(COUNT)]
        last = datetime.datetime.strptime(max(ours[-1], theirs[-1]), "%Y-%m-%dT%H:%M:%S%z")
        if ours != theirs and oversteps_february(expression, local, last.astimezone(local.tzinfo)):
            named["march"] += 1
        else:
            result.add(question, ours, theirs)

    refused = sum(answer.startswith("wrong: never comes") if isinstance(answer, str) else 0
                  for answer in ask_ours(program, [(each, "UTC", random_time(chance)) for each in never]))
    show_figures("schedule_croniter",
                 f"schedules: {result.same} expressions with {COUNT} occurrences each as croniter has them; "
                 f"{result.near_change} skipped near a change of clocks; {result.different} differ; "
                 f"asked in another way: {named['star-with-step']} with a star and a step for a day, "
                 f"{named['list-of-all-days']} with a list of all days, {named['no-such-day']} with a day that no "
                 f"month has, {named['clock']} over a change of clocks by local time; "
                 f"{named['march']} differ over the end of February, where croniter misses days; "
                 f"{refused} of {len(never)} that never come "
                 f"refused")
    return result.different == 0 and refused == len(never) and result.same > 8000


def to_systemd(expression, zone):
    """The same as a calendar event, which wants both days; nothing where either suffices."""
    all_days, all_weekdays = expression.names_all()
    if expression.either_day() and not (all_days or all_weekdays):
        return None

    def field(of):
        if of.values() == set(range(of.least, of.most + 1)):
            return "*"
        return ",".join(f"{first}..{last}/{step}" if last > first else str(first) for first, last, step in of.items)

    either = expression.either_day()  # and one of them names every day, so each day counts
    weekdays = "" if either or all_weekdays else ",".join(
        "Sun Mon Tue Wed Thu Fri Sat".split()[value] for value in sorted(expression.weekday.values())) + " "
    day = "*" if either else field(expression.day)
    return f"{weekdays}*-{field(expression.month)}-{day} {field(expression.hour)}:{field(expression.minute)}:00 {zone}"


def ask_systemd(events, start):
    """One run for all: they have one start."""
    base = start.strftime("%Y-%m-%d %H:%M:%S UTC")
    run = subprocess.run(["systemd-analyze", "calendar", f"--iterations={COUNT}", f"--base-time={base}", *events],
                         capture_output=True, text=True, env={**os.environ, "TZ": "UTC", "LC_ALL": "C"})
    if run.returncode != 0:
        sys.exit("systemd-analyze: " + run.stderr)
    answers = []
    for line in run.stdout.splitlines():
        if "Normalized form:" in line:
            answers.append([])
        elif found := re.search(r"(?:Next elapse|Iter\. #\d+): \w+ (\S+) (\S+) UTC", line):
            answers[-1].append(f"{found[1]}T{found[2]}Z")
    return answers


def compare_systemd(program):
    try:
        subprocess.run(["systemd-analyze", "--version"], capture_output=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        skip("no systemd-analyze")
    chance = random.Random(20261206)
    result, untold = Comparison(), 0
    for _ in range(40):
        start = random_time(chance)
        questions, events = [], []
        while len(questions) < 50:
            expression, zone = Expression(chance), chance.choice(["UTC", *ZONES])
            if expression.never_comes():
                continue
            if event := to_systemd(expression, zone):
                questions.append((expression, zone, start))
                events.append(event)
            else:
                untold += 1
        answers = ask_systemd(events, start)
        for question, ours, theirs in zip(questions, ask_ours(program, questions), answers, strict=True):
            result.add(question, ours, theirs)
    show_figures("schedule_systemd",
                 f"schedules: {result.same} expressions with {COUNT} occurrences each as systemd has them; "
                 f"{result.near_change} skipped near a change of clocks; {result.different} differ; {untold} that "
                 f"systemd cannot say, since either day suffices")
    return result.different == 0 and result.same > 1000


if __name__ == "__main__":
    compare = {"croniter": compare_croniter, "systemd": compare_systemd}[sys.argv[1]]
    sys.exit(0 if compare(sys.argv[2]) else 1)
