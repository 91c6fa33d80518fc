#include "night_page.hpp"

#include <catch2/catch.hpp>
#include <sys/wait.h>

#include <cstdlib>
#include <fstream>

// Something is broken, and a person on call reads `tunnelkeyd status`, and nothing else: cause and remedy are
// on it, and the exit status tells whether it may wait until the morning. docs/operations.md shows what it
// says.

using nlohmann::json;
using tunnelkeyd::support::on_page;
using tunnelkeyd::support::outcome;
using tunnelkeyd::support::rig;
using tunnelkeyd::support::steady_part;

namespace {

/// Two tunnels with the backoffs that an installation has. What is in danger for a second is so for five
/// minutes.
struct night : rig {
    night() : rig(2) {
        config["defaults"].erase("retry");
        config["defaults"]["schedule"] = {{"every", "30d"}, {"first", "wait"}};
        config["health"]["gap_failing_after"] = "1s";
    }

    /// jira's key is replaced, or not.
    void rotate(const std::string& tunnel = "jira") {
        start();
        wait_for("control.listening");
        const auto asked = tell("rotate", {tunnel});
        INFO(asked.output);
        REQUIRE(asked.status == 0);
    }

    /// `status` comes to say all of this, and just what the page has under this heading. States that pass by
    /// are waited for.
    void check(const std::string& heading, int status, const std::vector<std::string>& parts) const {
        const auto page = steady_part(*this, on_page(heading));
        const auto deadline = std::chrono::steady_clock::now() + tunnelkeyd::support::patience;
        outcome seen;
        do
            seen = tell("status");
        while (steady_part(*this, seen.output) != page && std::chrono::steady_clock::now() < deadline);
        const auto said = steady_part(*this, seen.output);
        INFO(seen.output);
        CHECK(said == page);
        CHECK(seen.status == status);
        for (const auto& part : parts) {
            INFO(part);
            CHECK(said.find(part) != std::string::npos);
        }
    }
};

}  // namespace

TEST_CASE_METHOD(night, "woken up by a wrong token: status says whose, and to renew it") {
    set("jira", {{"token", "another-token"}});
    rotate();
    check("A wrong token", 0,
          {"jira: DEGRADED credentials_refused", "does not accept the configured credentials",
           "those of file /etc/tunnelkeyd/secrets/jira-token",
           "-> renew the token or password that instance.auth points to, and reload"});
}

TEST_CASE_METHOD(night, "woken up by an expired certificate: status says whose, and to renew it") {
    const auto port = simulator.description().at("bad_tls").at("expired").get<int>();
    config["tunnels"][0]["instance"]["url"] = "https://localhost:" + std::to_string(port) + "/jira";
    rotate();
    check("An expired certificate", 0,
          {"jira: DEGRADED instance_not_ready", "certificate", "has expired",
           "-> renew the instance's certificate"});
}

TEST_CASE_METHOD(night,
                 "woken up by an instance that is down: status says that the tunnel is in danger, and why") {
    fault("install", "status", {{"status", 503}}, 0, "jira");
    rotate();
    check("An instance that is down", 1,
          {"jira: FAILING gap_open", "a new key was made and is not installed yet (install: HTTP 503",
           "-> bring the instance back"});
}

TEST_CASE_METHOD(night, "woken up by a revoked API key: status says whose, and where a new one is made") {
    simulator.control().post("/organizations/acme", {{"api_key", "another"}});
    rotate();
    check("A revoked API key", 0,
          {"refuses the organization's API key (HTTP 401), that of file /etc/tunnelkeyd/secrets/acme-api-key",
           "-> make a new API key at admin.atlassian.com"});
}

TEST_CASE_METHOD(night, "woken up by the cloud's rate limit: status says until when all wait") {
    fault("read_organization", "status", {{"status", 429}, {"retry_after", 1800}}, 0);
    rotate();
    check("The cloud's rate limit", 0,
          {"acme: DEGRADED rate_limited", "(HTTP 429)", "until TIME",
           "-> nothing: they go on by themselves then"});
}

TEST_CASE_METHOD(night, "woken up by a full disk: status says where room is missing") {
    if (std::system("unshare --mount true 2>/dev/null") != 0) {  // NOLINT(concurrency-mt-unsafe)
        WARN("skipped: only who may mount can have a small disk");
        return;
    }
    // A disk of its own, which nobody else sees, and which ends with the daemon.
    std::filesystem::create_directory(state_directory());
    under = {"/usr/bin/unshare", "--mount", "sh", "-c",
             "mount -t tmpfs -o size=2m,mode=0700 none '" + state_directory().string() +
                 "' && exec \"$0\" \"$@\""};
    start();
    wait_for("supervisor.started");
    const auto disk = "/proc/" + std::to_string(daemon().pid()) + "/root" + state_directory().string();
    std::ofstream ballast(disk + "/ballast");
    for (const std::string block(4096, 'x'); ballast.write(block.data(), 4096).flush();)
        ;
    REQUIRE(std::filesystem::file_size(disk + "/ballast") > 0);
    check("A full disk", 1,
          {"the daemon: FAILING store_failing", "the state cannot be written", "disk is full",
           "free some space", "-> see that state.directory"});
}

TEST_CASE_METHOD(night, "woken up by swapped tunnels: status says that both hostnames are to be compared") {
    std::swap(config["tunnels"][0]["hostname"], config["tunnels"][1]["hostname"]);
    rotate();
    check("Swapped tunnels", 1,
          {"jira: FAILING held", "sealed and sent nowhere", "-> correct hostname, instance.url"});
}

TEST_CASE_METHOD(night,
                 "woken up by lost replies: status says that the key may have changed, and what is looked at") {
    fault("regenerate", "drop_after", json::object(), 0);
    rotate();
    check("A reply that is lost", 1,
          {"jira: FAILING gap_open", "the cloud may have made a new key that we do not know"});
}
