#include "support.hpp"

using namespace tunnelkeyd;
using namespace tunnelkeyd::config;
using namespace tunnelkeyd::config::testing;

TEST_CASE("$STATE_DIRECTORY wins over the file, with a warning where they differ") {
    variables set{{{"STATE_DIRECTORY", "/run/state:/run/other"}}};
    const auto load_it = [&](const char* text) { return load_text(text, "c", set.lookup()); };
    CHECK(load_it("version: 1").value->state.directory == "/run/state");
    CHECK(load_it("version: 1").warnings.empty());
    CHECK(load_it("version: 1\nstate: {directory: /run/state}").warnings.empty());
    const auto differs = load_it("version: 1\nstate: {directory: /srv}");
    CHECK(differs.value->state.directory == "/run/state");
    CHECK(differs.warnings ==
          lines{"c:2:20: state.directory: not used, as $STATE_DIRECTORY says \"/run/state\""});
    set.values["STATE_DIRECTORY"] = "";
    CHECK(load_it("version: 1\nstate: {directory: /srv}").value->state.directory == "/srv");
    set.values["STATE_DIRECTORY"] = "state";
    CHECK(load_it("version: 1").errors == lines{"c:1:1: $STATE_DIRECTORY must be an absolute path: /..."});
}

TEST_CASE("the control socket is where the file says") {
    CHECK(good("version: 1\ncontrol: {socket: /srv/t/c.sock}").control.socket == "/srv/t/c.sock");
    CHECK(good("version: 1\ncontrol: {}").control.socket == "/run/tunnelkeyd/control.sock");
    CHECK(errors("version: 1\ncontrol: {socket: c.sock, port: 1}") ==
          lines{"c:2:19: control.socket: \"c.sock\" must be an absolute path: /...",
                "c:2:27: control.port: unknown key; allowed: socket"});
    CHECK(errors("version: 1\ncontrol: /srv/c.sock") ==
          lines{"c:2:10: control: must be a mapping (\"key: value\"), not a text"});
}

TEST_CASE("a control socket's path is no longer than the kernel takes") {
    const std::string longest = "/" + std::string(106, 'x');
    CHECK(good("version: 1\ncontrol: {socket: " + longest + "}").control.socket == longest);
    CHECK(
        errors("version: 1\ncontrol: {socket: " + longest + "x}") ==
        lines{"c:2:19: control.socket: is too long: a socket's path has at most 107 bytes; choose a directory "
              "with a shorter path"});
}

TEST_CASE("$RUNTIME_DIRECTORY wins over the file, with a warning where they differ") {
    variables set{{{"RUNTIME_DIRECTORY", "/run/a:/run/b"}}};
    const auto load_it = [&](const char* text) { return load_text(text, "c", set.lookup()); };
    CHECK(load_it("version: 1").value->control.socket == "/run/a/control.sock");
    CHECK(load_it("version: 1").warnings.empty());
    CHECK(load_it("version: 1\ncontrol: {socket: /run/a/control.sock}").warnings.empty());
    const auto differs = load_it("version: 1\ncontrol: {socket: /srv/c.sock}");
    CHECK(differs.value->control.socket == "/run/a/control.sock");
    CHECK(differs.warnings ==
          lines{"c:2:19: control.socket: not used, as $RUNTIME_DIRECTORY says \"/run/a/control.sock\""});
    set.values["RUNTIME_DIRECTORY"] = "";
    CHECK(load_it("version: 1\ncontrol: {socket: /srv/c.sock}").value->control.socket == "/srv/c.sock");
    set.values["RUNTIME_DIRECTORY"] = "run";
    CHECK(load_it("version: 1").errors == lines{"c:1:1: $RUNTIME_DIRECTORY must be an absolute path: /..."});
    set.values["RUNTIME_DIRECTORY"] = "/" + std::string(93, 'x');
    CHECK(load_it("version: 1").value);
    set.values["RUNTIME_DIRECTORY"] += "x";
    CHECK(load_it("version: 1").errors ==
          lines{"c:1:1: $RUNTIME_DIRECTORY is too long: the path of a socket in it has at most 107 bytes, "
                "\"/control.sock\" included; choose another directory"});
}
