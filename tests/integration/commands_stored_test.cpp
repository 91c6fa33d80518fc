#include "support/rig.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <sstream>

// What an operator's commands say where no daemon runs: they read the state store.

using nlohmann::json;
using tunnelkeyd::support::files_in;
using tunnelkeyd::support::rig;
using tunnelkeyd::support::tell;
using tunnelkeyd::support::write_file;

namespace {

bool has(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

/// On one line: where it was wrapped depends on this scene's paths.
std::string flat(std::string text) {
    std::replace(text.begin(), text.end(), '\n', ' ');
    return text;
}

bool has_line(const std::string& text, const std::string& line) {
    return has("\n" + text, "\n" + line + "\n");
}

bool fits(const std::string& text) {
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);)
        if (line.size() > 80)
            return false;
    return true;
}

/// A daemon that was killed while it installed jira's key.
struct killed_in_the_gap : rig {
    killed_in_the_gap() : rig(2) {
        fault("install", "hold", {{"apply", false}}, 0, "jira");
        start();
        wait_for_request("install", "jira");
        wait_for("rotation.installed", "confluence");
        kill();
    }
};

}  // namespace

TEST_CASE_METHOD(killed_in_the_gap,
                 "status after a kill within an open gap says who is in danger, and to start") {
    const auto before = files_in(state_directory());
    const auto seen = tell("status");
    CHECK(seen.status == 1);
    CHECK(seen.output.starts_with("no daemon runs: this is what the state store holds"));
    CHECK(has(seen.output, "\nFAILING: 2 tunnels, 1 failing, 1 ok; at 20"));
    CHECK(has(seen.output, "\njira        waiting"));
    CHECK(has(seen.output, "\nconfluence  stopped"));
    CHECK(has(seen.output, "\njira: FAILING gap_open for "));
    CHECK(has(seen.output, "\n  -> start the daemon (systemctl start tunnelkeyd), or run tunnelkeyd run"));
    CHECK(fits(seen.output));
    CHECK(files_in(state_directory()) == before);

    const auto one = tell("status", {"jira"});
    CHECK(one.status == 1);
    CHECK(has(one.output, "; the new key is"));
    CHECK(tell("status", {"confluence"}).status == 0);
}

TEST_CASE_METHOD(killed_in_the_gap,
                 "status as JSON without a daemon is as the daemon's, and says that none runs") {
    const auto seen = tell("status", {"--json"});
    CHECK(seen.status == 1);
    const auto all = json::parse(seen.output);
    CHECK(all.at("daemon").at("started_at").is_null());
    CHECK(all.at("daemon").at("ready") == false);
    CHECK(has(all.at("daemon").at("not_ready_because"), "no daemon runs"));
    CHECK(all.at("daemon").at("status") == "failing");
    CHECK(all.at("tunnels")[0].at("key_pending") == true);
    const auto one = json::parse(tell("status", {"confluence", "--json"}).output);
    REQUIRE(one.at("tunnels").size() == 1);
    CHECK(one.at("tunnels")[0].at("state") == "stopped");
}

TEST_CASE_METHOD(killed_in_the_gap,
                 "pending and reveal without a daemon show the gap, and the key that the cloud has") {
    const auto seen = tell("pending");
    CHECK(seen.status == 0);
    CHECK(has(seen.output, "\njira    20"));
    CHECK(has(seen.output, "  number 1, "));
    CHECK(has(seen.output, "jira: FAILING gap_open"));
    const auto listed = json::parse(tell("pending", {"--json"}).output).at("pending");
    REQUIRE(listed.size() == 1);
    CHECK(listed[0].at("key").at("number") == 1);

    const auto key = truth("jira").at("cloud_key").get<std::string>();
    CHECK_FALSE(has(seen.output, key));
    const auto asked = tell("pending", {"reveal", "jira"});
    CHECK(asked.status == 64);
    CHECK_FALSE(has(asked.output, key));
    const auto revealed = tell("pending", {"reveal", "jira", "--yes"});
    CHECK(revealed.status == 0);
    CHECK(has_line(revealed.output, key));
    CHECK(has(revealed.output, "/rest/secure-tunneling/latest/tunnel/token\n"));
    CHECK(has(revealed.output, "tunnelkeyd pending resolve jira --installed --key 1 --config "));

    CHECK(tell("pending", {"reveal", "confluence", "--yes"}).status == 1);
    const auto regenerate = tell("pending", {"resolve", "jira", "--regenerate"});
    CHECK(regenerate.status == 69);
    CHECK(has(regenerate.output, "-> start it"));
}

TEST_CASE_METHOD(killed_in_the_gap, "history without a daemon is of what the store holds") {
    const auto seen = tell("history");
    CHECK(seen.status == 0);
    CHECK(has(seen.output, "  confluence  first   installed  "));
    CHECK_FALSE(has(seen.output, "jira"));
    const auto one = json::parse(tell("history", {"confluence", "--json"}).output).at("rotations");
    REQUIRE(one.size() == 1);
    CHECK(one[0].at("tunnel") == "confluence");
    CHECK(one[0].at("regenerates") == 1);
    CHECK(tell("history", {"jira"}).output == "no rotation has ended yet\n");
}

TEST_CASE_METHOD(killed_in_the_gap, "no command but reveal shows a secret") {
    const auto known = secrets();
    for (const auto& words : std::vector<std::vector<std::string>>{{"status"},
                                                                   {"status", "jira"},
                                                                   {"status", "--json"},
                                                                   {"history"},
                                                                   {"pending"},
                                                                   {"pending", "--json"}}) {
        const auto seen = tell(words.front(), {words.begin() + 1, words.end()});
        for (const auto& secret : known)
            CHECK_FALSE(has(seen.output, secret));
    }
}

TEST_CASE("history has the newest first, and no more than asked for") {
    rig scene(2);
    for (int i = 0; i < 3; ++i)
        REQUIRE(scene.run({"--once", "--tunnel", "jira", "--tunnel", "confluence"}) == 0);
    const auto all = json::parse(scene.tell("history", {"--json"}).output).at("rotations");
    REQUIRE(all.size() == 6);
    for (std::size_t i = 1; i < all.size(); ++i)
        CHECK(all[i - 1].at("ended_at") >= all[i].at("ended_at"));
    CHECK(json::parse(scene.tell("history", {"--json", "--limit", "4"}).output).at("rotations").size() == 4);
    CHECK(json::parse(scene.tell("history", {"jira", "--json"}).output).at("rotations").size() == 3);
    CHECK(scene.tell("history", {"--limit", "0"}).status == 64);
}

TEST_CASE("status after a run --once is well, and exits 0") {
    rig scene(1);
    REQUIRE(scene.run({"--once"}) == 0);
    const auto seen = scene.tell("status");
    CHECK(seen.status == 0);
    CHECK(has(seen.output, "\nOK: 1 tunnel, 1 ok; at 20"));
    CHECK_FALSE(has(seen.output, "\x1b"));
    CHECK(scene.tell("pending").output.ends_with("\nno key gap is open\n"));
}

TEST_CASE("status beside a run --once says that it is at work") {
    rig scene(1);
    scene.fault("install", "hold");
    scene.start({"--once"});
    scene.wait_for_request("install");
    const auto seen = scene.tell("status");
    CHECK(seen.status == 0);
    CHECK(has(flat(seen.output),
              "another tunnelkeyd (pid " + std::to_string(scene.daemon().pid()) + ") is at work"));
}

TEST_CASE("status needs no store: nothing was rotated yet then, and none is made") {
    const rig scene(1);
    const auto seen = scene.tell("status");
    CHECK(seen.status == 0);
    CHECK(has(seen.output, "jira    stopped  never"));
    CHECK_FALSE(std::filesystem::exists(scene.state_directory()));
}

TEST_CASE("without a daemon a wrong configuration exits 78, with every error") {
    rig scene(1);
    scene.config["version"] = 9;
    scene.config["tunels"] = 1;
    for (const char* command : {"status", "history", "pending"}) {
        const auto seen = scene.tell(command);
        CHECK(seen.status == 78);
        CHECK(has(seen.output, "asking the daemon at "));
        CHECK(has(seen.output, "version"));
        CHECK(has(seen.output, "tunels: unknown key"));
    }
}

TEST_CASE("what needs a daemon exits 69 without one, and says what to do") {
    const rig scene(1);
    const auto rotate = scene.tell("rotate", {"jira"});
    CHECK(rotate.status == 69);
    CHECK(has(rotate.output, "or: tunnelkeyd run --once --tunnel jira"));
    const auto reload = scene.tell("reload");
    CHECK(reload.status == 69);
    CHECK(has(reload.output, (scene.directory() / "control.sock").string()));
}

TEST_CASE("wrong words of an operator's command exit 64") {
    const rig scene(1);
    for (const auto& words :
         std::vector<std::vector<std::string>>{{"status", "nobody"},
                                               {"status", "--watch"},
                                               {"status", "--watch", "--json"},
                                               {"rotate"},
                                               {"rotate", "jira", "--all"},
                                               {"pending", "reveal"},
                                               {"pending", "resolve", "jira"},
                                               {"pending", "resolve", "jira", "--installed", "--regenerate"}})
        CHECK(scene.tell(words.front(), {words.begin() + 1, words.end()}).status == 64);
}
