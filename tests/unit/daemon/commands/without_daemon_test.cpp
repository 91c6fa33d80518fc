#include "daemon/commands/held_store.hpp"
#include "daemon/commands/pending.hpp"
#include "daemon/pause.hpp"
#include "fixture.hpp"
#include "support/child_process.hpp"

#include <catch2/catch.hpp>

#include <iostream>
#include <sstream>

using namespace tunnelkeyd;
using namespace tunnelkeyd::daemon_tests;
using lines = std::vector<std::string>;

namespace {

/// No daemon runs; commands print to nowhere.
struct scene {
    scene() {
        const auto file = directory / "config.yaml";
        support::write_file(file, R"(version: 1
state: {directory: )" + (directory / "state") +
                                      R"(}
organizations: [{name: acme, id: 0c632b13-d717-4d1f-b895-208a5599d2f2, api_key: {env: A}}]
tunnels:
  - name: jira
    hostname: e5e9e8f0-d429-4cb9-80bc-2f02cb91f587
    instance: {url: "https://jira.example.com", auth: {bearer: {env: B}}}
    schedule: {every: 30d}
)");
        context.ask = [](const auto&...) -> serve::control_reply { throw no_daemon(); };
        context.enter = [this](std::string_view tunnel, const core::notice& entry) {
            entries.push_back(std::string(tunnel) + " " + std::string(entry.name) + " " +
                              entry.message.substr(entry.message.rfind(": ") + 2));
        };
        context.config = std::make_shared<daemon::configuration_file>(file);
    }
    ~scene() {
        std::cout.rdbuf(out);
        std::cerr.rdbuf(err);
    }
    scene(const scene&) = delete;
    scene& operator=(const scene&) = delete;

    void pause(bool how) {
        daemon::pause_command command;
        command.pause = how;
        command.tunnels = {"jira"};
        CHECK(daemon::set_paused(context, command) == daemon::exit_status::done);
    }

    /// A key is stored, and was not installed.
    void open_gap() const {
        core::tunnel_record record;
        record.id = {"0c632b13-d717-4d1f-b895-208a5599d2f2", "e5e9e8f0-d429-4cb9-80bc-2f02cb91f587"};
        record.name = "jira";
        record.first_seen = now;
        record.open.emplace();
        record.open->began_at = record.open->gap_opened_at = now;
        record.key.emplace();
        record.key->key = std::make_shared<const core::secret>("the-key");
        record.key->generation = record.generation = 4;
        record.key->minted_at = now;
        daemon::held_store store(context.config->get()->state);
        REQUIRE(store.save({{record, std::nullopt}}).empty());
    }

    support::temporary_directory directory;
    daemon::command_context context;
    lines entries;
    std::ostringstream nowhere;
    std::streambuf* out = std::cout.rdbuf(nowhere.rdbuf());
    std::streambuf* err = std::cerr.rdbuf(nowhere.rdbuf());
};

}  // namespace

TEST_CASE_METHOD(scene, "a pause without a daemon is entered as what it is, and so is its end, once each") {
    pause(true);
    pause(true);
    CHECK(entries == lines{"jira command.without_daemon pause"});
    pause(false);
    pause(false);
    CHECK(entries == lines{"jira command.without_daemon pause", "jira command.without_daemon resume"});
}

TEST_CASE_METHOD(scene,
                 "a key that is shown or resolved without a daemon is entered as that, and none is asked") {
    open_gap();
    daemon::pending_command command;
    command.tunnel = "jira";
    command.yes = true;
    CHECK(daemon::reveal(context, command) == daemon::exit_status::done);
    CHECK(nowhere.str().find("the-key\n") != std::string::npos);
    command.number = 3;
    CHECK_THROWS_AS(daemon::resolve(context, command), daemon::command_error);
    CHECK(entries == lines{"jira command.without_daemon pending reveal"});
    command.number = 4;
    CHECK(daemon::resolve(context, command) == daemon::exit_status::done);
    CHECK(entries.back() == "jira command.without_daemon pending resolve --installed");
    CHECK(entries.size() == 2);
}
