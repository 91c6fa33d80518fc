#!/usr/bin/python3
"""Has docs/configuration.md each of the schema's fields, with its type and its default, and no other?"""
import json
import re
import sys

sys.dont_write_bytecode = True  # nothing beside the sources
from common import ROOT, SCHEMA, finish, path_text, read_yaml  # noqa: E402
from fields import Field, all_fields  # noqa: E402

PAGE = "docs/configuration.md"
HEADER = "| field | type | default | meaning |\n| --- | --- | --- | --- |\n"
RESTART = "needs a restart"
bad = []


def prefix_of(heading):
    """A section's rows leave out what its heading says."""
    if heading in ("The file", "Secrets"):
        return {"The file": "", "Secrets": "secret."}[heading]
    key = heading.strip("`")
    return key + ("[]." if SCHEMA["properties"][key]["type"] == "array" else ".")


def rows_of_page():
    """The rows by their fields' whole paths: type, default, meaning."""
    rows = {}
    for section in re.split(r"^## ", (ROOT / PAGE).read_text(), flags=re.M)[1:]:
        heading, _, text = section.partition("\n")
        for table in text.split(HEADER)[1:]:
            for line in table.split("\n\n")[0].splitlines():
                field, kind, default, meaning = (cell.strip() for cell in line.strip("|").split("|"))
                path = prefix_of(heading) + field.strip("`")
                if path in rows:
                    bad.append(f"{path} stands twice")
                rows[path] = kind, default, meaning
    return rows


def fields_of_schema():
    """The sections, and in them all that are not maps. Secrets are told once, and what `defaults` has with the tunnels."""
    shown = {}
    for field in all_fields():
        of_secret = field.path[-1:] in (("file",), ("credential",), ("env",))
        is_told = field.type != "object" or field.or_word or field.definition == "secret"
        is_section = len(field.path) == 1
        if is_section or is_told and not of_secret and field.path[0] != "defaults" and field.path[-1] != 0:
            shown[path_text(field.path).replace("[0]", "[]")] = field
    for field in Field(("secret",), {"$ref": "#/definitions/secret"}, False).children():
        shown[path_text(field.path)] = field
    return shown


def as_yaml(value):
    """Without quotes, where YAML takes it for the same."""
    if isinstance(value, list):
        return f"[{', '.join(map(as_yaml, value))}]"
    return value if isinstance(value, str) and read_yaml(value) == value else json.dumps(value)


def type_of(node):
    if "enum" in node:
        return ", ".join(f"`{as_yaml(word)}`" for word in node["enum"])
    if node["type"] == "array":
        items = f" of {type_of(node['items'])}" if "enum" in node["items"] else ""
        return "list" + items + (f" of at most {node['maxItems']}" if "maxItems" in node else "")
    if node["type"] == "integer":
        return f"number from {node['minimum']} to {node['maximum']}"
    return node.get("title") or {"boolean": "`true`, `false`", "object": "mapping"}[node["type"]]


def compare(path, field, kind, default, meaning):
    if kind != type_of(field.node):
        bad.append(f"{path}: the type is {type_of(field.node)}, not {kind}")
    exact = f"`{as_yaml(field.node['default'])}`" if "default" in field.node else "required" if field.required else ""
    if default != exact if exact else default == "required":
        bad.append(f"{path}: the default is {exact or 'not required'}, not {default}")
    if not meaning:
        bad.append(f"{path}: no meaning")
    if (RESTART in meaning) != (RESTART in field.node.get("description", "")):
        bad.append(f"{path}: page and schema disagree on whether a change {RESTART}")


def main():
    rows, fields = rows_of_page(), fields_of_schema()
    bad.extend(f"{path} is missing" for path in fields.keys() - rows.keys())
    bad.extend(f"{path} is no field of the schema" for path in rows.keys() - fields.keys())
    for path in fields.keys() & rows.keys():
        compare(path, fields[path], *rows[path])
    finish([f"{PAGE}: {line}" for line in sorted(bad)], f"{len(rows)} fields")


main()
