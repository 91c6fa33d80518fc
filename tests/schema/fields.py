"""The schema's fields, and a small configuration to try them in."""
import copy

from common import SCHEMA

BASE = {
    "version": 1,
    "organizations": [{"name": "acme", "id": "acme-id", "api_key": {"file": "/etc/tunnelkeyd/secrets/acme"}}],
    "tunnels": [{"name": "jira", "hostname": "jira-host", "instance": {
        "url": "https://jira.example.com", "auth": {"bearer": {"file": "/etc/tunnelkeyd/secrets/jira"}}}}],
}
# Of these only one may stand: whoever sets one takes the other away.
RIVALS = {"bearer": ["basic"], "basic": ["bearer"], "file": ["credential", "env"], "credential": ["file"], "env": ["file"]}
# Maps of which no key is required, and all the same one has to be there.
SAMPLES = {"secret": {"file": "/etc/tunnelkeyd/secrets/x"}, "auth": {"bearer": {"file": "/etc/tunnelkeyd/secrets/x"}}}
MISSING = object()


class Field:
    """A value that may stand in the file: a map, a list, or what holds neither (a leaf). `or_word`: a map, or a word in its place."""

    def __init__(self, path, node, required):
        self.path, self.required = path, required
        self.node, self.definition = resolve(node)
        self.type = self.node.get("type")
        self.or_word = self.type == ["string", "object"]
        if self.or_word:
            self.type = "object"

    @property
    def is_leaf(self):
        return self.type not in ("object", "array")

    def children(self):
        if self.type == "array":
            yield Field((*self.path, 0), self.node["items"], False)
        for key, node in self.node.get("properties", {}).items():
            yield Field((*self.path, key), node, key in self.node.get("required", []))


def resolve(node):
    """A node with what it refers to; what stands beside the reference wins. And the last definition's name."""
    if "$ref" not in node:
        return node, None
    name = node["$ref"].rsplit("/", 1)[1]
    target, final = resolve(SCHEMA["definitions"][name])
    return {**target, **{key: value for key, value in node.items() if key != "$ref"}}, final or name


def all_fields(of=None):
    field = of or Field((), SCHEMA, True)
    yield field
    for child in field.children():
        yield from all_fields(child)


def sample(field):
    """Any valid value."""
    if field.definition in SAMPLES:
        return copy.deepcopy(SAMPLES[field.definition])
    if field.type == "array":
        return [sample(child) for child in field.children()]
    if field.type == "object":
        return {child.path[-1]: sample(child) for child in field.children() if child.required}
    return next(field.node[word] if word == "default" else field.node[word][0]
                for word in ("default", "enum", "examples") if word in field.node)


def apply(config, path, value):
    """Sets what stands there, and what else that needs; takes it away, if MISSING."""
    at, field = config, Field((), SCHEMA, True)
    for key in path[:-1]:
        if key == "client_key_password":
            at.setdefault("client_certificate", "/certificate")
        field = next(child for child in field.children() if child.path[-1] == key)
        if at == [] or isinstance(at, dict) and key not in at:
            put(at, key, sample(field))
        at = at[key]
    if value is MISSING:
        at.pop(path[-1], None)
        return
    put(at, path[-1], value)
    # The certificate of a key, the organization that is meant, tunnels of nobody, the other end of a backoff, the other half
    # of a login.
    if path[-1] == "organization" and isinstance(value, str):
        config["organizations"][0]["name"] = value
    if path[-1] in ("client_key", "client_key_password"):
        at.setdefault("client_certificate", "/certificate")
    if path == ("organizations",) and value == []:
        config["tunnels"] = []
    if "retry" in path and path[-1] in ("initial", "max"):
        at.setdefault(*(("max", "1d") if path[-1] == "initial" else ("initial", "1ms")))
    if "proxy" in path[:-1]:
        complete_login(config, path[: path.index("proxy") + 1])


def complete_login(config, path):
    for key in path:
        config = config[key]
    if "username" in config or "password" in config:
        config.setdefault("username", "rotator")
        config.setdefault("password", {"env": "X"})


def put(at, key, value):
    if isinstance(at, list):
        at[:] = [value]
        return
    for rival in RIVALS.get(key, []):
        at.pop(rival, None)
    at[key] = value
