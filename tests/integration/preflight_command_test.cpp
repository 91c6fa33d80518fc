#include "preflight_examined.hpp"
#include "support/places.hpp"

#include <unistd.h>

using namespace tunnelkeyd;
using support::check_harmless;
using support::examined;
using support::has;
using support::names;
using support::outline;
using support::rig;
using support::secret_file;

TEST_CASE("preflight of a tunnel that is well passes every check, and logs in once") {
    rig scene;
    scene.config["organizations"][0]["api_key_expires"] = "2999-01-01";
    scene.config["tunnels"][0]["instance"]["auth"]["expires"] = "2999-01-01";
    std::filesystem::create_directory(scene.state_directory());
    std::filesystem::permissions(scene.state_directory(), std::filesystem::perms::owner_all);
    const examined seen(scene);
    CHECK(seen.status == 0);
    CHECK(seen.all("passed").size() == 14);
    CHECK(seen.found("store") == "takes durable writes");
    CHECK(seen.found("api_key_secret") ==
          "organizations[].api_key from file " + secret_file(scene, "acme-api-key"));
    CHECK(has(seen.found("instance_name"), "localhost is 127.0.0.1"));
    CHECK(has(seen.found("instance_connection"), "127.0.0.1 port "));
    CHECK(has(seen.found("instance_tls"), "TLSv1.3, TLS_AES"));
    CHECK(has(seen.found("instance_tls"), "CN=tunnelkeyd simulator until 20"));
    CHECK(seen.found("instance_state") == "RUNNING");
    CHECK(seen.found("credentials") == "logs in as rotator");
    CHECK(scene.requests("whoami").size() == 1);
    CHECK(scene.requests("read_organization").size() == 1);
}

TEST_CASE("preflight prints each tunnel in the configuration's order, or those that are named, and sums up") {
    const rig scene(12);
    const auto all = scene.tell("preflight");
    CHECK(all.status == 0);
    check_harmless(scene, all.output);
    std::size_t last = 0;
    for (const auto& tunnel : scene.config.at("tunnels")) {
        const auto at = ("\n" + all.output).find("\n" + tunnel.at("name").get<std::string>() + "\n  ok ", last);
        CHECK(at != std::string::npos);
        last = at;
    }
    CHECK(all.output.ends_with("\n12 tunnels: 12 passed, 0 failed\n"));
    CHECK(all.output.find('\x1b') == std::string::npos);
    CHECK(scene.requests("read_organization").size() == 1);
    CHECK(scene.requests("whoami").size() == 12);

    const auto two = scene.tell("preflight", {"confluence", "jira", "jira"});
    CHECK(two.output.starts_with("jira\n"));
    CHECK(two.output.ends_with("\n2 tunnels: 2 passed, 0 failed\n"));
}

TEST_CASE("the page's example of a preflight is what is printed, but for times, places and numbers") {
    rig scene(2);
    scene.set("confluence", {{"token", "another-token"}});
    scene.config["organizations"][0]["api_key_expires"] = "2999-01-01";
    REQUIRE(scene.tell("resume", {"jira"}).status == 0);
    const auto page = support::read_file(support::project_file("docs/preflight.md"));
    const auto begin = page.find("\n```\nconfluence\n");
    REQUIRE(begin != std::string::npos);
    const auto example = page.substr(begin + 5, page.find("```\n", begin + 5) - begin - 5);
    CHECK(outline(example) == outline(scene.tell("preflight", {"confluence"}).output));
}

TEST_CASE("preflight of a tunnel that is not configured is a mistake on the command line") {
    const rig scene;
    const auto told = scene.tell("preflight", {"jira", "other"});
    CHECK(told.status == 64);
    CHECK(has(told.output, "preflight other: the configuration has no tunnel of that name"));
    CHECK(scene.requests().empty());
}

TEST_CASE("preflight beside a run --once, which takes no commands, leaves its store alone, and says so") {
    rig scene;
    scene.fault("install", "hold");
    scene.start({"--once"});
    scene.wait_for_request("install");
    const auto told = scene.tell("preflight");
    CHECK(told.status == 0);
    CHECK(has(told.output, "  skip  store                not tried: a running tunnelkeyd has it"));
    CHECK(scene.truth("jira").at("regenerates") == 1);
}

TEST_CASE("preflight fails where the state cannot be opened, and looks at the rest all the same") {
    const rig scene;
    REQUIRE(scene.tell("resume", {"jira"}).status == 0);  // makes the store
    support::write_file(scene.state_directory() / "state.db", std::string(8192, 'x'));
    const examined seen(scene);
    CHECK(seen.status == 1);
    CHECK(seen.all("failed") == names{"store"});
    CHECK(has(seen.found("store"), "state.db"));
    CHECK(has(seen.remedy("store"), "state.directory"));
}

TEST_CASE("preflight fails where the disk cannot be written") {
    const rig scene;
    REQUIRE(scene.tell("resume", {"jira"}).status == 0);
    const auto directory = scene.state_directory();
    using std::filesystem::perms;
    std::filesystem::permissions(directory, perms::owner_read | perms::owner_exec);
    std::filesystem::permissions(directory / "state.db", perms::owner_read);
    if (::access(directory.c_str(), W_OK) == 0) {
        WARN("skipped: root writes everywhere");
        return;
    }
    const examined seen(scene);
    std::filesystem::permissions(directory, perms::owner_all);
    CHECK(seen.status == 1);
    CHECK(seen.all("failed") == names{"store"});
}

TEST_CASE("preflight as another user than the daemon's opens no store, and says which user it takes") {
    const rig scene;
    REQUIRE(scene.tell("resume", {"jira"}).status == 0);
    if (::geteuid() != 0 || ::chown(scene.state_directory().c_str(), 65534, 65534) != 0) {
        WARN("skipped: giving a directory away takes root");
        return;
    }
    const examined seen(scene);
    CHECK(seen.status == 0);
    CHECK(seen.all("warning") == names{"store"});
    CHECK(has(seen.found("store"), "another user (65534)"));
}

TEST_CASE("preflight where there is no state yet makes none") {
    const rig scene;
    const examined seen(scene);
    CHECK(has(seen.found("store"), "does not exist yet"));
    CHECK_FALSE(std::filesystem::exists(scene.state_directory()));
}
