#!/usr/bin/python3
"""no_proxy.py BUILD: is each host reached directly, or through $HTTPS_PROXY, just where the installed curl does so?

Nothing is sent: the proxy, and where curl is told to find each host, are two ports of this machine on which nobody listens.
"""
import itertools
import json
import re
import shutil
import subprocess
import sys
import tempfile

PROXY, DIRECT = 1, 2  # ports

HOSTS = ["example.com", "api.example.com", "API.Example.COM", "notexample.com", "example.com.evil.net", "example.org", "com",
         "localhost", "a.localhost", "192.0.2.7", "192.0.2.70", "10.1.2.3", "11.1.2.3", "172.16.0.1", "172.31.255.255", "172.32.0.1", "127.0.0.1",
         "[::1]", "[2001:db8::7]", "[2001:db8:1::7]", "[fd12::1]", "[fe80::1]", "[::ffff:10.1.2.3]"]

# Not among them: what this program takes beyond curl (blanks alone between entries, ports, brackets, and 0.0.0.0/0), and networks of
# IPv6, which curl's manual has and Debian 12's curl never finds.
ENTRIES = ["example.com", ".example.com", "example.com.", ".example.com.", "EXAMPLE.com", "*.example.com", "com", ".com", ".", "*",
           "xample.com", "localhost", ".localhost", "192.0.2.7", "192.0.2", "10.0.0.0/8", "10.0.0.0/33", "10.0.0.1/8", "172.16.0.0/12",
           "192.0.2.7/32", "192.0.2.64/26", "127.0.0.0/8", "::1", "2001:db8::7", "2001:DB8::7", "10.1.2.3", "fe80::1"]
LISTS = ["", ",", " ", *ENTRIES, *(",".join(pair) for pair in itertools.combinations(ENTRIES[::3], 2)),
         *(f" {one} , {other},," for one, other in zip(ENTRIES, ENTRIES[1:]))]

# Which variable counts: those that are set, each with a port of its own, or empty.
VARIABLES = [dict(pair for pair in chosen if pair) for chosen in itertools.product(
    *((None, (name, ""), (name, port)) for name, port in
      (("https_proxy", PROXY), ("HTTPS_PROXY", 3), ("all_proxy", 4), ("ALL_PROXY", 5))))]


def by_curl(hosts, environment):
    """The port that curl tries for each host."""
    ended = subprocess.run(["curl", "-q", "-sS", "--connect-to", f"::127.0.0.1:{DIRECT}", *(f"https://{host}/" for host in hosts)],
                           env=environment, capture_output=True, text=True, timeout=60)
    ports = [int(port) for port in re.findall(r"Failed to connect to \S+ port (\d+)", ended.stderr)]
    if len(ports) != len(hosts):
        raise RuntimeError(f"curl said {ended.stderr}")
    return ports


def by_daemon(program, hosts, environment, folder):
    """The port that the daemon would try."""
    lines = ["version: 1", "cloud: {proxy: none}", "organizations: [{name: a, id: a, api_key: {env: X}}]", "tunnels:"]
    lines += [f"- {{name: t{i}, hostname: t{i}, instance: {{url: {json.dumps(f'https://{host}/{i}')}, proxy: environment, "
              "auth: {bearer: {env: X}}}}" for i, host in enumerate(hosts)]
    with open(f"{folder}/config.yaml", "w", encoding="utf-8") as file:
        file.write("\n".join(lines))
    ended = subprocess.run([program, "check", "--config", f"{folder}/config.yaml"], env=environment, capture_output=True, text=True,
                           timeout=60, check=True)
    said = re.findall(r"# by this environment, tunnels\[\d+\]\.instance\.proxy: (.*)", ended.stdout)
    return [DIRECT if route.startswith("no proxy") else int(re.match(r"http://127\.0\.0\.1:(\d+) ", route)[1]) for route in said]


def main(build):
    if not shutil.which("curl"):
        print("skipped: no curl (script/bootstrap test)")
        sys.exit(77)
    program, bad = f"{build}/daemon/tunnelkeyd", []
    url = f"http://127.0.0.1:{PROXY}"
    environments = [{"https_proxy": url, name: text} for text, name in zip(LISTS, itertools.cycle(("no_proxy", "NO_PROXY")))]
    environments += [{"https_proxy": url, "no_proxy": one, "NO_PROXY": other} for one, other in (("", "example.com"), ("com", "*"))]
    environments += [{name: port and f"http://127.0.0.1:{port}" for name, port in each.items()} for each in VARIABLES]
    with tempfile.TemporaryDirectory() as folder:
        for environment in environments:
            hosts = HOSTS if set(environment) & {"no_proxy", "NO_PROXY"} else HOSTS[:1]
            pairs = zip(hosts, by_curl(hosts, environment), by_daemon(program, hosts, environment, folder), strict=True)
            bad += [f"{environment}: {host}: curl takes port {curl}, and not {daemon}"
                    for host, curl, daemon in pairs if curl != daemon]
    print("\n".join(bad) if bad else f"{len(environments)} environments, as curl has it")
    sys.exit(bool(bad))


main(sys.argv[1])
