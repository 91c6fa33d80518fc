#!/usr/bin/env python3
"""manual.py BUILD: the man page and the completion know every command and option that --help has, and no other."""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

root = pathlib.Path(__file__).resolve().parents[2]
program = pathlib.Path(sys.argv[1]).resolve() / "daemon/tunnelkeyd"
page = (root / "docs/tunnelkeyd.8").read_text()
completion = root / "daemon/completion.bash"
bad = []
complain = bad.append
EVERYWHERE = {"--config", "--help"}
ALONE = {"--version"}  # without a command


def help_of(command):
    """Its options, and the commands below it."""
    text = subprocess.run([program, *command.split(), "--help"], check=True, capture_output=True, text=True).stdout
    options = set(re.findall(r"^  (?:-\w,)?(--[\w-]+)", text, re.M))
    below = text.split("\nSubcommands:\n")[1].split("\n\n")[0] if "\nSubcommands:\n" in text else ""
    return options - EVERYWHERE, set(re.findall(r"^  (\w+)", below, re.M))


def all_commands():
    found = {}
    names = sorted(help_of("")[1])
    while names:
        name = names.pop()
        found[name], below = help_of(name)
        names += [f"{name} {each}" for each in below]
    return found


def check_page(commands):
    described = {}
    for part in re.split(r"^\.Ss ", page.split("\n.Sh ENVIRONMENT")[0], flags=re.M)[1:]:
        name, text = part.split("\n", 1)
        described[name] = {"-" + each for each in re.findall(r"^\.It Fl (-[\w-]+)", text, re.M)}
    compare("docs/tunnelkeyd.8", described, commands)
    known = EVERYWHERE | ALONE | set().union(*commands.values())
    for option in sorted(set(re.findall(r"(?<![\w-])--[a-z-]+", page.replace("Fl -", "--"))) - known):
        complain(f"docs/tunnelkeyd.8: there is no option {option}")


def compare(where, described, commands):
    for name in sorted(set(commands) | set(described)):
        if name not in described:
            complain(f"{where}: no command {name}")
        elif name not in commands:
            complain(f"{where}: there is no command {name}")
        elif described[name] != commands[name]:
            complain(f"{where}: {name}: {sorted(described[name])}, and --help has {sorted(commands[name])}")


def completed(line, **environment):
    """What bash offers at the end of the line, which is given as bash splits it. A cleared environment, so that nothing of this
    machine's daemon is seen."""
    script = 'timeout() { shift; "$@"; }; '  # a busy machine is slow
    script += f'source "{completion}"; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); $(complete -p tunnelkeyd | grep -o "_[a-z_]*")'
    script += '; printf "%s\\n" "${COMPREPLY[@]}"'
    # Bash's own way to a completion: the function that `complete` names for the command.
    said = subprocess.run(["bash", "--norc", "-c", script, "bash", *line], capture_output=True, text=True, timeout=30,
                          env={"PATH": f"{program.parent}:{os.environ['PATH']}", "HOME": "/nowhere", **environment})
    if said.returncode or said.stderr:
        complain(f"completing {line}: {said.returncode} {said.stderr}")
    return set(said.stdout.split("\n")) - {""}


def check_completion(commands):
    offered = {}
    for name in commands:
        offered[name] = completed(["tunnelkeyd", *name.split(), "-"]) - EVERYWHERE
    compare("daemon/completion.bash", offered, commands)
    expect(["tunnelkeyd", "-"], EVERYWHERE | ALONE)
    names = {name for name in commands if " " not in name}
    expect(["tunnelkeyd", ""], names)
    expect(["tunnelkeyd", "--config", "x", "re"], {"resume", "reload"})
    expect(["tunnelkeyd", "pending", "re"], {"reveal", "resolve"})


def expect(line, what, **environment):
    found = completed(line, **environment)
    if found != what:
        complain(f"completing {line}: {sorted(found)}, and not {sorted(what)}")


def check_names():
    with tempfile.TemporaryDirectory() as work:
        config = pathlib.Path(work) / "config file.yaml"
        config.write_text((root / "config/config.example.yaml").read_text())
        here = {"STATE_DIRECTORY": f"{work}/none", "RUNTIME_DIRECTORY": work}
        given = ["tunnelkeyd", "--config", str(config)]
        for line in (["rotate", ""], ["rotate", "jira", "--wait", ""], ["run", "--once", "--tunnel", ""],
                     ["pending", "reveal", ""], ["pending", "resolve", "--key", "4", ""]):
            expect(given + line, {"jira", "confluence"}, **here)
        expect(["tunnelkeyd", "status", "--config", "=", str(config), "con"], {"confluence"}, **here)
        expect(["tunnelkeyd", "status", "--config", str(config) + ".none", ""], set(), **here)
        expect(["tunnelkeyd", "--config", f"{work}/con"], {str(config)})
        expect(["tunnelkeyd", "status", "--config", "=", f"{work}/con"], {str(config)})
        expect(given + ["history", "--limit", ""], set(), **here)


commands = all_commands()
if help_of("")[0] != ALONE:
    complain(f"--help: {sorted(help_of('')[0])}, and not {sorted(ALONE)}")
check_page(commands)
check_completion(commands)
check_names()
pages = [root / "docs/tunnelkeyd.8", root / "cmake/package/tunnelkeyd-simulator.1"]
if shutil.which("mandoc"):
    said = subprocess.run(["mandoc", "-T", "lint", "-W", "warning", *pages], capture_output=True, text=True)
    if said.returncode:
        complain(said.stdout + said.stderr)
if bad:
    sys.exit("\n".join(bad))
print(f"{len(commands)} commands, {sum(map(len, commands.values()))} options")
if not shutil.which("mandoc"):
    print("skipped: no mandoc (script/bootstrap test)")
    sys.exit(77)
