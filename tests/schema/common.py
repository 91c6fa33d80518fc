"""The two that judge a configuration: the schema, as an editor applies it, and the loader, as `tunnelkeyd check` prints it."""
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor

try:
    import jsonschema
    import yaml
except ImportError as missing:
    print(f"skipped: no Python module {missing.name} (script/bootstrap test)")
    sys.exit(77)

ROOT = pathlib.Path(__file__).resolve().parents[2]
SCHEMA = json.loads((ROOT / "config/config.schema.json").read_text())
VALIDATOR = jsonschema.Draft7Validator(SCHEMA)


class EditorsYaml(yaml.SafeLoader):
    """YAML 1.2's core schema, as editors read it. PyYAML's own 1.1 has dates, `yes` and 01:00 in base 60."""

    yaml_implicit_resolvers = {}

    def construct_mapping(self, node, deep=False):
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        if len(keys) != len(set(keys)):
            raise yaml.YAMLError("a key stands twice")
        return super().construct_mapping(node, deep)

    def construct_decimal(self, node):
        text = self.construct_scalar(node)
        return int(text, 0 if text[:2] in ("0o", "0x") else 10)


for tag, pattern, first in (
    ("null", r"^(~|null|Null|NULL|)$", "~nN\0"),
    ("bool", r"^(true|True|TRUE|false|False|FALSE)$", "tTfF"),
    ("int", r"^([-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+)$", "-+0123456789"),
    ("float", r"^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$", "-+.0123456789"),
):
    EditorsYaml.add_implicit_resolver(f"tag:yaml.org,2002:{tag}", re.compile(pattern), [*first.replace("\0", ""), ""])
EditorsYaml.add_constructor("tag:yaml.org,2002:int", EditorsYaml.construct_decimal)


def read_yaml(text):
    return yaml.load(text, EditorsYaml)


def path_text(path):
    """("tunnels", 0, "name") as the loader writes it: tunnels[0].name"""
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path).lstrip(".")


def schema_errors(config):
    """The paths at which the schema finds something."""
    return [tuple(error.absolute_path) for error in VALIDATOR.iter_errors(config)]


class Checked:
    """What `tunnelkeyd check` made of a text."""

    def __init__(self, status, printed, said):
        if status not in (0, 78):
            raise RuntimeError(f"tunnelkeyd check ended with {status}: {said}")
        self.taken = status == 0
        self.printed = printed
        self.errors = [] if self.taken else [re.sub(r"^\S*?:\d+:\d+: ", "", line) for line in said.splitlines()]

    def complains_at(self, path):
        """Whether an error is at that path, or within it."""
        return any(not path or re.match(re.escape(path_text(path)) + r"[.:\[]", error) for error in self.errors)


def check_all(program, texts):
    """A Checked for each text: each a process of its own, some at once."""
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(os.cpu_count()) as pool:

        def check(numbered):
            number, text = numbered
            file = os.path.join(folder, f"{number}.yaml")
            pathlib.Path(file).write_text(text)
            # Without $STATE_DIRECTORY and $RUNTIME_DIRECTORY, which win over what is written.
            ended = subprocess.run([program, "check", "--config", file], env={}, capture_output=True, text=True, timeout=60)
            return Checked(ended.returncode, ended.stdout, ended.stderr)

        return list(pool.map(check, enumerate(texts)))


def finish(bad, counted):
    """Ends the test: prints what is wrong, or how much was looked at."""
    print("\n".join(bad) if bad else counted)
    sys.exit(bool(bad))
