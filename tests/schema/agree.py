#!/usr/bin/python3
"""agree.py TUNNELKEYD: does the loader take what config/config.schema.json takes, and refuse what that refuses?

Each field of the schema is tried with valid and wrong values. How values go together, and where the two differ on purpose, stands
in relations.py.
"""
import copy
import json
import re
import sys

sys.dont_write_bytecode = True  # nothing beside the sources
from common import SCHEMA, VALIDATOR, check_all, finish, path_text, read_yaml, schema_errors  # noqa: E402
from fields import BASE, all_fields, apply  # noqa: E402
from relations import BOTH_REFUSE, BOTH_TAKE, LOADER_ALONE_REFUSES, LOADER_ALONE_TAKES  # noqa: E402
from trials import UNKNOWN, trials_of, trials_of_map  # noqa: E402
from values import EDGES  # noqa: E402

# The loader knows them in `defaults` to say that they stand in each tunnel.
OWN = {("defaults",): {"name", "hostname"}, ("defaults", "instance"): {"url"}}
MOST = 40  # in one configuration: of its errors the loader shows the first hundred
bad = []


def batches_of(trials):
    """Trials of distant fields share a configuration: a process each would take long."""
    batches = []
    for trial in trials:
        fitting = (batch for batch in batches if batch[0].taken == trial.taken and len(batch) < MOST
                   and all(trial.may_stand_beside(other) for other in batch))
        batch = next(fitting, None)
        if batch is None:
            batches.append(batch := [])
        batch.append(trial)
    return batches


def configuration(batch):
    config = copy.deepcopy(BASE)
    for trial in batch:
        apply(config, trial.path, trial.value)
    return config


def judge(batch, checked, errors):
    """A batch of valid values must be taken; of wrong ones each must be complained about."""
    if batch[0].taken:
        for who, complaints in (("loader", checked.errors), ("schema", map(path_text, errors))):
            bad.extend(f"the {who} refuses what is valid: {complaint}" for complaint in complaints)
        return
    for trial in batch:
        if not checked.complains_at(trial.at):
            bad.append(f"the loader takes {trial}")
        if not any(error[: len(trial.at)] == trial.at for error in errors):
            bad.append(f"the schema takes {trial}")


def compare_allowed(field, checked):
    """The keys or words that the loader itself says are allowed there must be those of the schema."""
    where = path_text(field.path)
    form = re.compile(rf"{re.escape(where)}[.:]?.*(?:unknown key|is not known); allowed: (.*?)(?:; did you mean.*)?")
    said = next((match[1] for match in map(form.fullmatch, checked.errors) if match), "")
    loader = set(said.split(", ")) - OWN.get(field.path, set())
    schema = set(map(str, field.node.get("enum") or field.node["properties"]))
    if loader != schema:
        bad.append(f"{where or 'the file'}: only the loader allows {sorted(loader - schema)}, the schema {sorted(schema - loader)}")


def check_definitions(fields):
    """Whatever is text has values to try, so that a new kind of it is not forgotten."""
    for field in fields:
        where = path_text(field.path)
        if field.type == "string" and field.definition not in EDGES:
            bad.append(f"{where}: no values for {field.definition} in tests/schema/values.py")
        if field.type == "object" and field.node.get("additionalProperties") is not False:
            bad.append(f"{where}: additionalProperties must be false")
        if not field.node.get("description") and field.path and field.path[-1] != 0:
            bad.append(f"{where}: no description")


def judge_relations(program):
    """Whether loader and schema take a text as it is said that they do."""
    said = ((BOTH_TAKE, True, True), (BOTH_REFUSE, False, False),
            (LOADER_ALONE_REFUSES, False, True), (LOADER_ALONE_TAKES, True, False))
    cases = [(what, text, loader, schema) for listed, loader, schema in said for what, text in listed]
    for (what, text, loader, schema), checked in zip(cases, check_all(program, [text for _, text, _, _ in cases])):
        errors = schema_errors(read_yaml(text))
        if checked.taken != loader:
            bad.append(f"{what}: the loader {'refuses' if loader else 'takes'} it: {checked.errors}")
        if bool(errors) == schema:
            bad.append(f"{what}: the schema {'refuses' if schema else 'takes'} it: {errors}")
    return len(cases)


def main(program):
    VALIDATOR.check_schema(SCHEMA)
    fields = list(all_fields())
    check_definitions(fields)
    trials, seen = [], set()
    for field in fields:
        if field.path:
            trials += trials_of(field, field.definition not in seen)
            seen.add(field.definition)
        if field.type == "object":
            trials += trials_of_map(field)
    batches = batches_of(trials)
    configs = [configuration(batch) for batch in batches]
    told = check_all(program, [json.dumps(config, ensure_ascii=False) for config in configs])
    told_at = {}
    for batch, config, checked in zip(batches, configs, told):
        judge(batch, checked, schema_errors(config))
        told_at.update({trial.at: checked for trial in batch if UNKNOWN in (trial.path[-1], trial.value)})
    for field in fields:
        if field.type == "object" or "enum" in field.node:
            compare_allowed(field, told_at[field.path])
    relations = judge_relations(program)
    finish(bad, f"{len(fields)} fields, {len(trials)} values of them in {len(batches)} configurations, {relations} relations")


main(sys.argv[1])
