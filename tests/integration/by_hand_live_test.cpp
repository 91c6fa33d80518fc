#include "live.hpp"
#include "support/places.hpp"

#include <unistd.h>

// Break-glass beside a running daemon: the printed steps, run by a shell as they are printed.

using nlohmann::json;
using tunnelkeyd::support::between;
using tunnelkeyd::support::daemon_program;
using tunnelkeyd::support::has;
using tunnelkeyd::support::live;
using tunnelkeyd::support::outcome;
using tunnelkeyd::support::shell;

namespace {

struct in_the_gap : live {
    in_the_gap() {
        // Longer than the test, for the install that is answered with 503 could arrive late.
        config["defaults"]["retry"]["settle"] = "1h";
        begin();
        open_gap("jira");
    }

    [[nodiscard]] std::vector<std::string> outcomes() const {
        std::vector<std::string> all;
        const auto past = json::parse(tell("history", {"--json"}).output);
        for (const auto& each : past.at("rotations"))
            all.push_back(each.at("outcome"));
        return all;
    }
};

}  // namespace

TEST_CASE_METHOD(in_the_gap,
                 "a key that is revealed, installed by curl as printed and resolved closes the gap") {
    if (!std::filesystem::exists("/usr/bin/curl")) {
        WARN("skipped: there is no curl");
        return;
    }
    const auto key = truth("jira").at("cloud_key").get<std::string>();
    const auto steps = tell("pending", {"reveal", "jira", "--yes"});
    CHECK(steps.status == 0);
    CHECK(has("\n" + steps.output, "\n" + key + "\n"));
    const auto installed = shell(directory(), between(steps.output, "\n1. Give it", "\n2. Once"));
    INFO(installed.output);
    REQUIRE(installed.status == 0);
    CHECK(truth("jira").at("in_step") == true);
    CHECK_FALSE(std::filesystem::exists(directory() / "login"));
    const auto resolved = shell(directory(), between(steps.output, "\n2. Once", "--config") + "--config '" +
                                                 (directory() / "config.yaml").string() + "'");
    CHECK(resolved.output == "jira: the key gap is closed, as installed by hand\n");
    REQUIRE(resolved.status == 0);

    CHECK(tell("pending").output == "no key gap is open\n");
    CHECK(tell("status").status == 0);
    CHECK(outcomes() == std::vector<std::string>{"manual", "revealed", "revealed", "installed"});
    CHECK(truth("jira").at("installs") == 2);  // the daemon sent it no more

    REQUIRE(tell("rotate", {"jira", "--wait"}).status == 0);
    CHECK(truth("jira").at("in_step") == true);
    CHECK(truth("jira").at("regenerates") == 3);
    CHECK(stop() == 0);
    for (const char* event : {"key.revealed", "rotation.resolved"}) {
        INFO(event);
        CHECK_FALSE(events(event, "jira").empty());
    }
    check_no_secret(log());
    for (const auto& words : {"status", "history", "pending"})
        check_no_secret(tell(words).output);
}

TEST_CASE_METHOD(in_the_gap, "a key that is given up is replaced by another one at once") {
    const auto old_key = truth("jira").at("cloud_key");
    const auto resolved = tell("pending", {"resolve", "jira", "--regenerate", "--key", "2"});
    CHECK(resolved.status == 0);
    CHECK(resolved.output == "jira: the stored key is given up, and another one is asked for\n");
    wait_for("rotation.installed", "jira", 2);
    CHECK(truth("jira").at("cloud_key") != old_key);
    CHECK(truth("jira").at("in_step") == true);
    CHECK(truth("jira").at("regenerates") == 3);
    CHECK(tell("status").status == 0);
}

TEST_CASE_METHOD(in_the_gap, "another key's number is refused, and the gap stays open") {
    for (const char* how : {"--installed", "--regenerate"}) {
        const auto seen = tell("pending", {"resolve", "jira", how, "--key", "1"});
        CHECK(seen.status == 1);
        CHECK(has(seen.output, "number 2"));
        CHECK(has(seen.output, "\n  -> "));
    }
    CHECK(json::parse(tell("pending", {"--json"}).output).at("pending").at(0).at("key").at("number") == 2);
    CHECK(truth("jira").at("regenerates") == 2);
    REQUIRE(tell("rotate", {"jira", "--wait"}).status == 0);
    CHECK(tell("pending", {"reveal", "jira", "--yes"}).status == 1);  // there is no gap any more
    CHECK(tell("pending", {"resolve", "jira", "--installed"}).status == 1);
}

TEST_CASE_METHOD(in_the_gap, "a member of the socket's group sees the gap, and neither its key nor its end") {
    if (::geteuid() != 0 || !std::filesystem::exists("/usr/bin/setpriv")) {
        WARN("skipped: becoming another user takes root, and setpriv");
        return;
    }
    using std::filesystem::perms;
    std::filesystem::permissions(directory(), perms::owner_all | perms::group_exec);
    std::filesystem::permissions(directory() / "config.yaml", perms::owner_read | perms::group_read);
    const auto config_file = (directory() / "config.yaml").string();
    const std::string member = "cd /\nsetpriv --reuid=65534 --regid=0 --clear-groups ";
    if (shell(directory(), member + "test -x '" + daemon_program() + "'").status != 0) {
        WARN("skipped: another user cannot run this build");
        return;
    }
    const auto as_member = [&](const std::string& words) {
        return shell(directory(), member + "tunnelkeyd " + words + " --config '" + config_file + "'");
    };
    const auto seen = as_member("pending");
    CHECK(seen.status == 0);
    CHECK(has(seen.output, "  number 2, "));
    for (const char* words : {"pending reveal jira --yes", "pending resolve jira --installed"}) {
        const auto refused = as_member(words);
        CHECK(refused.status == 1);
        CHECK(has(refused.output, "\n  -> "));
        check_no_secret(refused.output);
    }
    CHECK(outcomes() == std::vector<std::string>{"installed"});
    CHECK(json::parse(tell("pending", {"--json"}).output).at("pending").size() == 1);
}
