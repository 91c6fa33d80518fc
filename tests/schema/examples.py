#!/usr/bin/python3
"""examples.py TUNNELKEYD: is every configuration in config, README.md and docs valid, for the schema and for the loader?

A page's block in YAML counts if it is a whole configuration, or sections of one (`log: ...`, `schedule: ...`).
"""
import json
import re
import sys

sys.dont_write_bytecode = True  # nothing beside the sources
from common import ROOT, SCHEMA, VALIDATOR, check_all, finish, path_text, read_yaml  # noqa: E402
from fields import BASE  # noqa: E402

SECTIONS = set(SCHEMA["properties"])
OF_TUNNELS = set(SCHEMA["properties"]["defaults"]["properties"])


def whole(block):
    """The text of a whole configuration; None where it is not from one."""
    found = read_yaml(block)
    if not isinstance(found, dict) or not found:
        return None
    if "version" in found:
        return block
    if set(found) <= OF_TUNNELS:
        found = {"defaults": found}
    if set(found) <= SECTIONS:
        return json.dumps({**BASE, **found})
    return None


def blocks_of(page):
    text = page.read_text()
    for match in re.finditer(r"^```ya?ml\n(.*?)^```", text, re.M | re.S):
        yield f"{page.relative_to(ROOT)}:{text[:match.start()].count(chr(10)) + 2}", whole(match[1])


def main(program):
    files = [ROOT / "config/config.example.yaml", ROOT / "config/demo.yaml", *sorted((ROOT / "config/examples").glob("*.yaml"))]
    found = [(str(file.relative_to(ROOT)), file.read_text()) for file in files]
    for page in [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]:
        found += [(place, text) for place, text in blocks_of(page) if text]
    bad = []
    for (place, text), checked in zip(found, check_all(program, [text for _, text in found])):
        bad += [f"{place}: the loader: {error}" for error in checked.errors]
        bad += [f"{place}: the schema: {path_text(error.absolute_path)}: {error.message}"
                for error in VALIDATOR.iter_errors(read_yaml(text))]
    if not files[0].read_text().startswith("# yaml-language-server: $schema=/usr/share/tunnelkeyd/config.schema.json\n"):
        bad.append("config/config.example.yaml: does not begin by telling editors where the schema is")
    finish(bad, f"{len(found)} configurations")


main(sys.argv[1])
