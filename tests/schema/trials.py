"""What is tried of each field: a value, and whether both should take it."""
import copy
import json

from common import path_text, schema_errors
from fields import BASE, MISSING, RIVALS, apply, sample
from values import EDGES, NO_DURATION, TEXT_AS_WRITTEN

UNKNOWN = "qqqqqqqqqq"  # like no known key or word, so that the loader lists those


class Trial:
    def __init__(self, path, value, taken):
        self.path, self.value, self.taken = path, value, taken
        self.at = path[:-1] if value is MISSING or path[-1] == UNKNOWN else path  # where both should complain

    def __str__(self):
        return f"{path_text(self.path)}: {'missing' if self.value is MISSING else json.dumps(self.value)[:80]}"

    def may_stand_beside(self, other):
        """Neither changes the map that the other is in, takes it away, or changes the organization's name."""
        if "organization" in (self.path[-1], other.path[-1]):
            return False
        for mine, its in zip(self.path[:-1], other.path[:-1]):
            if mine != its:
                return its not in RIVALS.get(mine, [])
        return False


def trials_of(field, thoroughly):
    for value in valid_values(field, thoroughly):
        yield Trial(field.path, value, True)
    for value in wrong_values(field, thoroughly):
        yield Trial(field.path, value, False)
    if field.required:
        yield Trial(field.path, MISSING, False)


def trials_of_map(field):
    """An unknown key is refused. Whether an empty map is valid depends: the loader should say what the schema says."""
    yield Trial((*field.path, UNKNOWN), 1, False)
    if field.path:
        config = copy.deepcopy(BASE)
        apply(config, field.path, {})
        yield Trial(field.path, {}, not schema_errors(config))


def edges_of(field, thoroughly):
    """What is valid at its edges, and what is not any more."""
    valid, wrong = EDGES.get(field.definition, ([], []))
    if thoroughly and "duration" in field.node.get("title", ""):
        wrong = wrong + NO_DURATION
    return (valid, wrong) if thoroughly else (valid[:2], wrong[:2])


def valid_values(field, thoroughly):
    node = field.node
    yield from ([node["default"]] if "default" in node else [])
    yield from node.get("enum", []) + node.get("examples", []) + edges_of(field, thoroughly)[0]
    if field.type == "boolean":
        yield from (True, False)
    if field.type == "integer":
        yield from (node["minimum"], node["maximum"])
    if field.type == "array" and field.path != ("tunnels",):
        yield [item_of(field)] * node.get("maxItems", 1)


def wrong_values(field, thoroughly):
    """Of another type, or out of bounds."""
    node = field.node
    yield from (value for value in (5, True, "x", None, [], {}) if is_of_wrong_type(field, value))
    yield from edges_of(field, thoroughly)[1]
    if "enum" in node:
        yield from (UNKNOWN, "", "INFO", 0)
    if field.type == "boolean":
        yield from ("true", "no", 0)
    if field.type == "integer":
        yield from (node["minimum"] - 1, node["maximum"] + 1, -1, 1.5, str(node["minimum"]), 10**20)
    if "maxItems" in node:
        yield [item_of(field)] * (node["maxItems"] + 1)
    if "minItems" in node:
        yield []


def is_of_wrong_type(field, value):
    """Not so for 5 where a text may be a number without quotes, which relations.py shows."""
    taken = {"integer": (int,), "boolean": (bool,), "array": (list,), "object": (dict,)}.get(field.type, (str,))
    if field.path == ("version",):
        taken = (int,)
    return type(value) not in (*taken, *TEXT_AS_WRITTEN.get(field.definition, ()))


def item_of(field):
    return sample(next(iter(field.children())))
