#include "live.hpp"

// Break-glass without a daemon: the printed steps, run by a shell as they are printed.

using nlohmann::json;
using tunnelkeyd::support::between;
using tunnelkeyd::support::rig;
using tunnelkeyd::support::shell;

namespace {

struct killed_in_the_gap : rig {
    killed_in_the_gap() : rig(1) {
        fault("install", "hold", {{"apply", false}}, 1);
        start();
        wait_for_request("install");
        kill();
    }
};

}  // namespace

TEST_CASE_METHOD(killed_in_the_gap,
                 "a key that is revealed, installed by curl as printed and resolved leaves nothing to do") {
    if (!std::filesystem::exists("/usr/bin/curl")) {
        WARN("skipped: there is no curl");
        return;
    }
    const auto steps = tell("pending", {"reveal", "jira", "--yes"}).output;
    INFO(steps);
    REQUIRE(truth("jira").at("in_step") == false);
    const auto installed = shell(directory(), between(steps, "\n1. Give it", "\n2. Once"));
    INFO(installed.output);
    REQUIRE(installed.status == 0);
    CHECK(truth("jira").at("in_step") == true);
    CHECK_FALSE(std::filesystem::exists(directory() / "login"));
    const auto resolved = shell(directory(), between(steps, "\n2. Once", "--config") + "--config '" +
                                                 (directory() / "config.yaml").string() + "'");
    INFO(resolved.output);
    REQUIRE(resolved.status == 0);

    CHECK(tell("pending").output.ends_with("\nno key gap is open\n"));
    CHECK(tell("status").status == 0);
    const auto past = json::parse(tell("history", {"--json"}).output).at("rotations");
    REQUIRE(past.size() == 3);  // the second look is of step 1
    CHECK(past[0].at("outcome") == "manual");
    CHECK(past[0].at("error").get<std::string>().starts_with("by "));
    CHECK(past[1].at("outcome") == "revealed");

    REQUIRE(run({"--once", "--tunnel", "jira"}) == 0);
    CHECK(truth("jira").at("in_step") == true);
    CHECK(truth("jira").at("regenerates") == 2);
}

TEST_CASE_METHOD(killed_in_the_gap, "a key is resolved only if it is the one that was looked at") {
    const auto other = tell("pending", {"resolve", "jira", "--installed", "--key", "7"});
    CHECK(other.status == 1);
    CHECK(other.output.find("the stored key is number 1") != std::string::npos);
    CHECK(tell("pending", {"resolve", "nobody", "--installed"}).status == 1);
    CHECK(json::parse(tell("pending", {"--json"}).output).at("pending").size() == 1);
    CHECK(tell("pending", {"resolve", "jira", "--installed", "--key", "1"}).output ==
          "jira: the key gap is closed, as installed by hand\n");
}
