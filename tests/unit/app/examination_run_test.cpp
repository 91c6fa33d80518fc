#include "app/examination_run.hpp"
#include "support/fake_world.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace tunnelkeyd;
using namespace std::chrono_literals;
using Catch::Matchers::Contains;
using core::way;
using tests::call;
using tests::fault;
using result = core::check_line::result;

namespace {

struct fixture {
    fixture() {
        world.add_tunnel("jira");
        world.record_calls = true;
    }

    core::examination examine(const std::string& name = "jira") {
        std::vector<core::examination> ended;
        app::examination_run run(outside, cloud, std::make_shared<core::tunnel>(world.tunnel(name)),
                                 [&](core::examination found) { ended.push_back(std::move(found)); });
        run.start();
        world.run_for(5min);
        REQUIRE(ended.size() == 1);
        for (const auto& line : ended.front().lines) {
            CHECK(line.found.find("s3cr3t") == std::string::npos);
            CHECK(line.remedy.empty() == (line.came_out == result::passed || line.came_out == result::skipped));
        }
        return std::move(ended.front());
    }
    static const core::check_line& line(const core::examination& in, std::string_view check) {
        const auto found = std::find_if(in.lines.begin(), in.lines.end(),
                                        [&](const core::check_line& each) { return each.check == check; });
        REQUIRE(found != in.lines.end());
        return *found;
    }
    static std::vector<std::string> checks(const core::examination& in, result came_out) {
        std::vector<std::string> all;
        for (const auto& each : in.lines)
            if (each.came_out == came_out)
                all.emplace_back(each.check);
        return all;
    }
    [[nodiscard]] core::way instance_way(way::stage end) const {
        return tests::broken_way("https://jira.example", end, "it broke");
    }

    tests::fake_world world;
    app::outside outside{world.loop,      world.random, world.secrets, world.journal,     world.cloud,
                         world.instances, world.log,    world.metrics, world.certificates};
    app::cloud_examiner cloud{outside};
};

using names = std::vector<std::string>;

}  // namespace

TEST_CASE_METHOD(fixture,
                 "an examination has a line for each check, in the order in which a rotation meets them") {
    const auto found = examine();
    CHECK(found.tunnel == "jira");
    CHECK(found.passed());
    names all;
    for (const auto& each : found.lines)
        all.emplace_back(each.check);
    CHECK(all == names{"store", "api_key_secret", "credentials_secret", "cloud_name", "cloud_connection",
                       "cloud_proxy", "cloud_tls", "api_key", "instance_name", "instance_connection",
                       "instance_proxy", "instance_tls", "instance_state", "credentials", "api_key_expiry",
                       "credentials_expiry"});
    CHECK(line(found, "credentials").found == "logs in as rotator");
    CHECK(world.calls == names{"probe", "secret acme-api-key", "way to the cloud", "organization",
                               "secret jira-pat", "way to the instance", "status", "whoami"});
}

TEST_CASE_METHOD(fixture, "what is independent of a failed check is made all the same") {
    world.journal.probe_fails = true;
    world.cloud.api_keys["acme-id"] = "another";
    world.at_instance("jira").authorization = "Bearer another";
    world.tunnel("jira").instance.auth_expires = world.loop.now().wall;
    const auto found = examine();
    CHECK_FALSE(found.passed());
    CHECK(checks(found, result::failed) == names{"store", "api_key", "credentials", "credentials_expiry"});
    CHECK(checks(found, result::skipped) == names{"cloud_proxy", "instance_proxy", "api_key_expiry"});
}

TEST_CASE_METHOD(fixture, "what rests on a failed check is skipped, and nothing is sent for it") {
    SECTION("the API key cannot be read") {
        world.secrets.values.erase("acme-api-key");
        CHECK(line(examine(), "api_key").found == "because api_key_secret failed");
        CHECK(world.wire.sent(call::organization) == 0);
        CHECK(world.wire.sent(call::whoami) == 1);
    }
    SECTION("the API key cannot be sent") {
        world.secrets.values["acme-api-key"] += " ";
        const auto found = examine();
        CHECK(line(found, "api_key_secret").found.find("ends with a blank; ") != std::string::npos);
        CHECK(line(found, "api_key").found == "because api_key_secret failed");
        CHECK(world.wire.sent(call::organization) == 0);
    }
    SECTION("the way to the cloud ends early") {
        world.cloud.way = tests::broken_way("https://api.example", way::stage::tls, "it broke");
        CHECK(line(examine(), "api_key").found == "because cloud_tls failed");
        CHECK(world.wire.sent(call::organization) == 0);
        CHECK(world.wire.sent(call::whoami) == 1);
    }
    SECTION("the instance's credentials cannot be read") {
        world.secrets.values.erase("jira-pat");
        CHECK(line(examine(), "credentials").found == "because credentials_secret failed");
        CHECK(world.wire.sent(call::status) == 1);
        CHECK(world.wire.sent(call::whoami) == 0);
    }
    SECTION("the way to the instance ends early") {
        world.at_instance("jira").way =
            instance_way(GENERATE(way::stage::look_up, way::stage::connection, way::stage::proxy));
        const auto found = examine();
        CHECK(line(found, "instance_state").came_out == result::skipped);
        CHECK(line(found, "credentials").came_out == result::skipped);
        CHECK(world.wire.sent(call::status) + world.wire.sent(call::whoami) == 0);
        CHECK(world.wire.sent(call::organization) == 1);
    }
    SECTION("the instance is not RUNNING") {
        world.at_instance("jira").state = "MAINTENANCE";
        CHECK(line(examine(), "credentials").found == "because instance_state failed");
        CHECK(world.wire.sent(call::whoami) == 0);
    }
}

TEST_CASE_METHOD(fixture, "an examination says which checks are turned off") {
    auto& checks = world.tunnel("jira").instance.preflight;
    checks.status = checks.credentials = false;
    const auto found = examine();
    CHECK(line(found, "instance_state").found == "preflight.status is false");
    CHECK(line(found, "credentials").found == "preflight.credentials is false");
    CHECK(found.passed());
    CHECK(world.wire.sent(call::status) + world.wire.sent(call::whoami) == 0);
}

TEST_CASE_METHOD(fixture, "a store that cannot be asked has the line that is known of it") {
    std::optional<core::examination> found;
    app::examination_run run(outside, cloud, std::make_shared<core::tunnel>(world.tunnel("jira")),
                             [&](core::examination ended) { found = std::move(ended); });
    run.start({"store", result::skipped, "a running daemon has it", ""});
    world.run_for(1min);
    CHECK(line(found.value(), "store").found == "a running daemon has it");
    CHECK(world.calls.front() != "probe");
}

TEST_CASE_METHOD(fixture, "tunnels of one organization that are examined at once ask the cloud once") {
    world.add_tunnel("confluence");
    examine("jira");
    const auto first = world.wire.sent(call::organization);
    std::vector<std::unique_ptr<app::examination_run>> runs;
    unsigned ended = 0;
    for (const char* name : {"jira", "confluence", "jira"}) {
        runs.push_back(std::make_unique<app::examination_run>(
            outside, cloud, std::make_shared<core::tunnel>(world.tunnel(name)),
            [&](const core::examination& found) {
                CHECK(found.passed());
                ++ended;
            }));
        runs.back()->start();
    }
    world.run_for(1min);
    CHECK(ended == 3);
    CHECK(world.wire.sent(call::organization) == first + 1);
    CHECK(world.wire.sent(call::whoami) == 4);
}

TEST_CASE_METHOD(fixture, "an API key that was mended is asked for anew") {
    world.cloud.api_keys["acme-id"] = "another";
    CHECK_FALSE(examine().passed());
    world.cloud.api_keys["acme-id"] = "s3cr3t-api-acme";
    CHECK(examine().passed());
}

TEST_CASE_METHOD(fixture, "a peer that repeats a secret does not get it shown") {
    fault echo = fault::answer(200);
    echo.content_type = "text/plain";
    echo.body = std::string(70, ' ') + "s3cr3t-pat-jira";
    world.wire.always("jira-host", call::whoami, echo);
    CHECK(line(examine(), "credentials").found == "logs in as [redacted]");
    fault denied = fault::answer(500);
    denied.content_type = "s3cr3t-api-acme";
    world.wire.always("acme-id", call::organization, denied);
    world.run_for(1min);
    CHECK_THAT(line(examine(), "api_key").found, Contains("[redacted]"));
}

TEST_CASE_METHOD(fixture, "an examination never regenerates, and never installs") {
    static_cast<void>(examine());
    CHECK(world.wire.sent(call::regenerate) + world.wire.sent(call::install) == 0);
}
