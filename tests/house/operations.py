#!/usr/bin/env python3
"""docs/operations.md knows every alarm, every problem and every event that there is: fails for each that it does not. So does a
link between the pages that leads nowhere."""
import pathlib
import re
import sys

root = pathlib.Path(__file__).resolve().parents[2]
document = (root / "docs/operations.md").read_text()
alerts = (root / "config/prometheus/alerts.yaml").read_text()
sources = {
    path: path.read_text()
    for folder in ("lib", "daemon")
    for path in sorted((root / folder).rglob("*.[ch]pp"))
}
bad = []
complain = bad.append


# Literals that look like an event's name, and are none.
SETTINGS = {"cloud.proxy", "cloud.url", "control.socket", "health.listen", "instance.auth", "instance.proxy", "instance.url",
            "preflight.credentials", "preflight.status"}


def anchor(heading):
    """As GitHub makes it."""
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


def check_events():
    described = set(re.findall(r"^\| `([a-z_]+\.[a-z_]+)` \|", document, re.M))
    found = {}
    for path, text in sources.items():
        text = re.sub(r"^\s*(#include.*|//.*)$", "", text, flags=re.M)
        text = re.sub(r"//.*", "", text)
        for name in re.findall(r'"([a-z_]+\.[a-z_]+)"', text):
            if name not in SETTINGS:
                found.setdefault(name, path.relative_to(root))
    for name, path in sorted(found.items()):
        if name not in described:
            complain(f"{path}: the event {name} has no line in docs/operations.md (no event? see SETTINGS in tests/house/operations.py)")
    for name in sorted(described - set(found)):
        complain(f"docs/operations.md: nothing logs the event {name}")
    return len(found)


def check_problems():
    """Each has an alarm that names it, and a line in the table of alarms."""
    forms = (
        r'health::(?:degraded|failing),\s*"([a-z_]+)"',  # a problem
        r'expiring\("([a-z_]+)"',
        r'\? "([a-z_]+)" : "[a-z_]+",\s*"regenerate',  # troubles, which become problems
        r'\? "[a-z_]+" : "([a-z_]+)",\s*"regenerate',
        r'because\(\s*"([a-z_]+)"',
        r'\{"([a-z_]+)", "(?:install|regenerate): "',
        r'trouble \w+\{"([a-z_]+)"',
        r'return "([a-z_]+_[a-z_]+)";',
    )
    # What a preflight's check is called is no problem's code.
    texts = [
        text.split("trouble trouble_of(")[-1]
        for path, text in sources.items()
        if path.parent.name == "core" and re.match(r"health|preflight|rotation", path.name)
    ]
    codes = {code for text in texts for form in forms for code in re.findall(form, text)}
    table = document.split("## Alarms")[1].split("###")[0]
    for code in sorted(codes):
        if not re.search(rf'code=~?"([a-z_|]*\|)?{code}(\|[a-z_|]*)?"', alerts):
            complain(f"config/prometheus/alerts.yaml has no alarm for the problem {code}")
        if f"`{code}`" not in table:
            complain(f"docs/operations.md: no alarm in the table is for the problem {code}")
    named = set("|".join(re.findall(r'code=~?["\']([a-z_|]+)["\']', alerts)).split("|"))
    for code in sorted(named - codes):
        complain(f"config/prometheus/alerts.yaml: there is no problem {code}")
    return len(codes)


def check_alarms():
    """Each has a wait, a severity, what a person needs, tests that it fires and does not, and a section."""
    anchors = anchors_of(root / "docs/operations.md")
    tests = "".join(path.read_text() for path in (root / "tests/prometheus/alerts").glob("*.yaml"))
    rules = re.split(r"^      - (?=alert|record)", alerts, flags=re.M)[1:]
    names = []
    for rule in rules:
        name = re.match(r"alert: (\w+)", rule)
        if not name:
            continue
        name = name[1]
        names.append(name)
        for part in ("for: ", "labels: {severity: ", "summary: ", "description: ", "runbook_url: "):
            if part not in rule:
                complain(f"{name}: no {part.split(':')[0]}")
        link = re.search(r"runbook_url: file:///usr/share/doc/tunnelkeyd/docs/operations\.md#(\S+)", rule)
        if not link or link[1] not in anchors:
            complain(f"{name}: its runbook_url points nowhere in docs/operations.md")
        if f"| {name}" not in document and f", {name} |" not in document:
            complain(f"{name}: it is not in the table of alarms in docs/operations.md")
        if not re.search(rf"alertname: {name}\n\s+eval_time: \w+\n\s+exp_alerts:\n", tests):
            complain(f"{name}: no test that it fires")
        if not re.search(rf"alertname: {name}, eval_time: \w+, exp_alerts: \[\]", tests):
            complain(f"{name}: no test that it does not fire")
    return len(names)


def anchors_of(page):
    return {anchor(heading) for heading in re.findall(r"^#+ (.*)$", page.read_text(), re.M)}


def check_links():
    for page in [root / "README.md", *sorted((root / "docs").glob("*.md"))]:
        for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text()):
            file, _, fragment = target.partition("#")
            if "://" in target:
                continue
            aim = page.parent / file if file else page
            if not aim.exists() or (fragment and fragment not in anchors_of(aim)):
                complain(f"{page.relative_to(root)}: {target} leads nowhere")


counted = f"{check_alarms()} alarms, {check_problems()} problems, {check_events()} events"
check_links()
print("\n".join(bad) if bad else counted)
sys.exit(bool(bad))
