#include "live.hpp"
#include "support/places.hpp"

#include <sys/stat.h>
#include <unistd.h>

// Where the daemon listens for commands, and how scripts ask it.

using nlohmann::json;
using tunnelkeyd::support::between;
using tunnelkeyd::support::has;
using tunnelkeyd::support::live;
using tunnelkeyd::support::project_file;
using tunnelkeyd::support::read_file;
using tunnelkeyd::support::rig;
using tunnelkeyd::support::shell;

namespace {

std::string replaced(std::string text, const std::string& what, const std::string& with) {
    for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + with.size()))
        text.replace(at, what.size(), with);
    return text;
}

}  // namespace

TEST_CASE("a daemon whose control socket is another one's exits 75, and the other one goes on") {
    rig first;
    first.start();
    first.wait_for("rotation.installed");
    rig second;
    second.config["control"] = first.config["control"];
    CHECK(second.run() == 75);
    CHECK(has(second.log(), (first.directory() / "control.sock").string()));
    CHECK(second.requests("regenerate").empty());
    CHECK(first.tell("status").status == 0);
    CHECK(first.stop() == 0);
}

TEST_CASE("a control socket in a directory that is not there is logged, and tunnels rotate all the same") {
    rig scene;
    scene.config["control"]["socket"] = scene.directory() / "not-there" / "control.sock";
    scene.start();
    const auto logged = scene.wait_for("control.unavailable");
    CHECK(has(logged.at("message"), "not-there"));
    scene.wait_for("rotation.installed");
    CHECK(scene.health("/livez").status == 200);
    const auto seen = scene.tell("rotate", {"jira"});
    CHECK(seen.status == 69);
    CHECK(scene.truth("jira").at("in_step") == true);
    CHECK(scene.stop() == 0);
}

TEST_CASE("in a user namespace a member of the socket's group is called that, and no group that is not in "
          "sight is named") {
    for (const char* program : {"/usr/bin/unshare", "/usr/bin/setpriv", "/usr/bin/curl"})
        if (::geteuid() != 0 || !std::filesystem::exists(program)) {
            WARN("skipped: it takes root and " << program);
            return;
        }
    live scene;
    scene.under = {"/usr/bin/unshare", "--user", "--map-root-user"};
    scene.start();
    scene.wait_for("control.listening");
    const auto socket = (scene.directory() / "control.sock").string();
    std::filesystem::permissions(scene.directory(), std::filesystem::perms(0755));
    REQUIRE(::chown(socket.c_str(), 0, 23457) == 0);
    const auto ask = [&](const std::string& what) {
        return shell(scene.directory(), "setpriv --reuid=23456 --regid=23456 --groups=23457 curl -sS -X POST "
                                        "--unix-socket '" +
                                            socket + "' http://localhost/v1/" + what)
            .output;
    };
    CHECK(has(ask("tunnels/jira/pause"), R"("changed":true)"));
    CHECK(scene.wait_for("tunnel.paused").at("by") == "a member of the socket's group");
    CHECK(
        has(ask("pending/jira/reveal"), R"("message":"a member of the socket's group may not ask for this")"));
    REQUIRE(::chmod(socket.c_str(), 0666) == 0);
    const auto refused = ask("tunnels/jira/resume");
    CHECK(has(refused, R"("message":"a user that the daemon cannot see may not ask here")"));
    CHECK(has(refused, "a member of the group that owns " + socket + "; a new membership"));
}

TEST_CASE("the page's curl commands do what they say") {
    if (!std::filesystem::exists("/usr/bin/curl")) {
        WARN("skipped: there is no curl");
        return;
    }
    live scene;
    scene.begin();
    const auto page = read_file(project_file("docs/control.md"));
    const auto here = [&](const std::string& text) {
        return replaced(text, "/run/tunnelkeyd/control.sock", (scene.directory() / "control.sock").string());
    };
    const auto status = between(page, "```sh\n", "\ncurl");
    const auto rotate = between(page, status, "\ncurl");
    const auto resolve = between(page, rotate, "\n```");
    REQUIRE(has(resolve, "\"number\": 4"));

    const auto seen = shell(scene.directory(), here(status) + " --silent");
    CHECK(seen.status == 0);
    CHECK(json::parse(seen.output).at("tunnels").at(0).at("name") == "jira");
    for (std::size_t number = 2; number <= 4; ++number) {
        if (number == 4)
            scene.fault("install", "status", {{"status", 503}, {"apply", false}});
        const auto asked = shell(scene.directory(), here(rotate) + " --silent");
        CHECK(json::parse(asked.output) == json{{"tunnel", "jira"}, {"joined", false}});
        if (number < 4)
            scene.wait_for("rotation.installed", "jira", number);
    }
    scene.wait_for("rotation.backoff", "jira");
    const auto resolved = shell(scene.directory(), here(resolve) + " --silent");
    CHECK(json::parse(resolved.output) == json{{"tunnel", "jira"}, {"how", "installed"}, {"later", false}});
    CHECK(scene.tell("pending").output == "no key gap is open\n");
}
