#!/usr/bin/python3
"""defaults.py TUNNELKEYD: are the schema's defaults those that `tunnelkeyd check` fills in, and has it each of them?"""
import json
import sys

sys.dont_write_bytecode = True  # nothing beside the sources
from common import VALIDATOR, check_all, finish, path_text, read_yaml  # noqa: E402
from fields import BASE, all_fields, sample  # noqa: E402

FIELDS = {field.path: field for field in all_fields()}
WINDOWS = ("tunnels", 0, "schedule", "windows")


def written_out(field):
    """Every default within; {} where there is none."""
    if "default" in field.node:
        return field.node["default"]
    written = {child.path[-1]: written_out(child) for child in field.children()} if field.type == "object" else {}
    return {key: value for key, value in written.items() if value != {}}


def merged(base, more):
    """Both; of two values `base` has the one that counts."""
    if not isinstance(base, dict) or not isinstance(more, dict):
        return base
    return {key: merged(base.get(key, more.get(key)), more.get(key, base.get(key))) for key in {**base, **more}}


def leaves(value, path=()):
    if isinstance(value, dict):
        for key, each in value.items():
            yield from leaves(each, (*path, key))
    elif isinstance(value, list) and value:
        yield from leaves(value[0], (*path, 0))
    else:
        yield path, value


def main(program):
    window = sample(FIELDS[*WINDOWS, 0])
    every_day = {**window, "days": written_out(FIELDS[*WINDOWS, 0, "days"])}
    pairs = {  # without and with them
        "the file": (BASE, merged(BASE, written_out(FIELDS[()]))),
        "a tunnel": (BASE, {**BASE, "tunnels": [merged(BASE["tunnels"][0], written_out(FIELDS["tunnels", 0]))]}),
        "a window": tuple({**BASE, "defaults": {"schedule": {"windows": [each]}}} for each in (window, every_day)),
    }
    told = check_all(program, [json.dumps(config) for pair in pairs.values() for config in pair])
    bad = [error for checked in told for error in checked.errors]
    for name, bare, written in zip(pairs, told[::2], told[1::2]):
        differ = set(bare.printed.splitlines()) ^ set(written.printed.splitlines())
        bad += [f"{name}: a default of the schema is not the loader's: {line.strip()}" for line in sorted(differ)]

    printed, given, count = read_yaml(told[0].printed), dict(leaves(BASE)), 0
    bad += [f"what is printed is not valid: {error.message}" for error in VALIDATOR.iter_errors(printed)]
    for path, value in leaves(printed):
        is_computed = path[-1] == "organization"
        if path not in given and not is_computed:
            count += 1
            bad += [] if "default" in FIELDS[path].node else [f"{path_text(path)}: the loader fills in {value}, the schema nothing"]
    finish(bad, f"{count} defaults")


main(sys.argv[1])
