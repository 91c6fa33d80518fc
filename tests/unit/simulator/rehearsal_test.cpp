#include "simulator/rehearsal.hpp"
#include "support/child_process.hpp"
#include "support/temporary_directory.hpp"

#include <catch2/catch.hpp>

#include <sstream>
#include <tuple>

using namespace tunnelkeyd::simulator;
using Catch::Matchers::Contains;
using tunnelkeyd::support::read_file;
using tunnelkeyd::support::write_file;
namespace fs = std::filesystem;

namespace {

const std::string organizations = R"(version: 1
organizations:
  - {name: acme, id: org-1, api_key: {file: /nowhere/acme-key}}
  - {name: other, id: org-2, api_key: {env: TUNNELKEYD_TEST_OTHER_KEY}}
)";

struct fixture {
    fixture() { fs::create_directory(directory); }

    rehearsal of(const std::string& text) {
        write_file(file, text);
        const auto real = read_for_rehearsal(file, complaints);
        INFO(complaints.str());
        REQUIRE(real);
        return rehearse(*real, at, directory, 8444);
    }

    tunnelkeyd::support::temporary_directory own;
    fs::path file = own / "real.yaml";
    fs::path directory = own / "rehearsal";
    std::ostringstream complaints;
    addresses at{"https://localhost:8442", "https://localhost:8443", "", "/sim/ca.pem", {}};
};

std::string secret(const fs::path& directory, const std::string& name) {
    auto text = read_file(directory / "secrets" / name);
    REQUIRE(text.ends_with('\n'));
    text.pop_back();
    REQUIRE(text.size() >= 32);
    return text;
}

}  // namespace

TEST_CASE_METHOD(fixture, "both organizations are served, with a tunnel of the same hostname in each") {
    const auto served = of(organizations + R"(
tunnels:
  - {name: jira, organization: acme, hostname: H1, instance: {url: https://jira.example/a/b, auth: {bearer: {file: /nowhere/pat}}}}
  - {name: wiki, organization: other, hostname: h1, instance: {url: https://wiki.example, auth: {bearer: {file: /nowhere/pat}}}}
)")
                            .served;
    REQUIRE(served.organizations.size() == 2);
    REQUIRE(served.organizations[1].id == "org-2");
    REQUIRE(served.organizations[0].api_key == secret(directory, "acme-key"));
    REQUIRE(served.organizations[1].api_key == secret(directory, "TUNNELKEYD_TEST_OTHER_KEY"));
    REQUIRE(served.tunnels[0].organization == "acme");
    REQUIRE(served.tunnels[0].hostname == "h1");
    REQUIRE(served.tunnels[0].context == "/a/b");
    REQUIRE(served.tunnels[0].instance_url == "https://localhost:8443/jira/a/b");
    REQUIRE(served.tunnels[0].on_premise_url == served.tunnels[0].instance_url);
    REQUIRE(served.tunnels[1].organization == "other");
    REQUIRE(served.tunnels[1].context.empty());
    REQUIRE(served.tunnels[0].id != served.tunnels[1].id);

    truth all([] { return std::string("key"); });
    for (const auto& each : served.organizations)
        all.add(each);
    for (const auto& each : served.tunnels)
        all.add(each);
    REQUIRE(all.find_tunnel_by_hostname("other", "h1")->name == "wiki");
}

TEST_CASE_METHOD(
    fixture, "an instance accepts the made-up credentials that the copy refers to, those of the defaults too") {
    const auto served = of(organizations + R"(
defaults: {organization: acme, instance: {auth: {bearer: {credential: all}}}}
tunnels:
  - {name: a, hostname: a, instance: {url: https://a.example}}
  - {name: b, hostname: b, instance: {url: https://b.example}}
  - {name: c, hostname: c, instance: {url: https://c.example, auth: {basic: {username: me, password: {file: /else/all}}}}}
)")
                            .served;
    const auto& [a, b, c] = std::tie(served.tunnels[0], served.tunnels[1], served.tunnels[2]);
    REQUIRE(a.token == secret(directory, "all"));
    REQUIRE(b.token == a.token);
    REQUIRE(c.username == "me");
    REQUIRE(c.password == secret(directory, "all-2"));
    REQUIRE(c.password != a.token);
    REQUIRE(c.token != a.token);
    REQUIRE_FALSE(a.password.empty());
}

TEST_CASE_METHOD(fixture, "the cloud names what the copy expects as the on-premise URL") {
    const auto served = of(organizations + R"(
defaults: {organization: acme, instance: {auth: {bearer: {env: A}}}}
tunnels:
  - {name: a, hostname: a, instance: {url: https://a.example/x, on_premise_url: https://a.example/x}}
  - {name: b, hostname: b, instance: {url: https://b.example, on_premise_url: https://a.example/x}}
)")
                            .served;
    REQUIRE(served.tunnels[0].on_premise_url == "https://localhost:8443/a/x");
    REQUIRE(served.tunnels[1].on_premise_url ==
            "https://localhost:8443/a/x");  // which the daemon refuses, as really
}

TEST_CASE_METHOD(fixture, "a secret that is there does not come into the simulator's directory") {
    write_file(own / "real-secret", "the real one\n");
    const auto made = of(
        "version: 1\norganizations: [{name: acme, id: o, api_key: {file: " + (own / "real-secret") + "}}]\n");
    for (const auto& each : fs::recursive_directory_iterator(directory))
        if (each.is_regular_file())
            CHECK_THAT(read_file(each.path()), !Contains("the real one"));
    REQUIRE(made.served.organizations[0].api_key == secret(directory, "real-secret"));
}

TEST_CASE_METHOD(fixture, "only their owner may read the copy and its secrets") {
    const auto made = of(organizations);
    const auto owner_only = fs::perms::owner_read | fs::perms::owner_write;
    CHECK(fs::status(made.copy).permissions() == owner_only);
    CHECK(fs::status(directory / "secrets/acme-key").permissions() == owner_only);
    CHECK(fs::status(directory / "secrets").permissions() == fs::perms::owner_all);
    CHECK(fs::status(directory / "state").permissions() == fs::perms::owner_all);
}

TEST_CASE_METHOD(fixture, "a directory whose path is too long for a socket is refused with the reason") {
    directory /= std::string(100, 'x');
    fs::create_directory(directory);
    REQUIRE_THROWS_WITH(of(organizations), Contains("control.socket") && Contains("too long"));
}

TEST_CASE_METHOD(fixture, "a configuration with errors is not rehearsed, and all of them are told") {
    write_file(file, "version: 1\nlgo: {level: debug}\nhealth: {gap_failing_after: soon}\n");
    REQUIRE_FALSE(read_for_rehearsal(file, complaints));
    REQUIRE_THAT(complaints.str(), Contains("real.yaml:2:1: lgo: unknown key; did you mean \"log\"?\n") &&
                                       Contains("real.yaml:3:29: health.gap_failing_after: "));
}

TEST_CASE_METHOD(fixture, "a file that is not there is told of") {
    REQUIRE_FALSE(read_for_rehearsal(file, complaints));
    REQUIRE(complaints.str() ==
            file.string() + ": cannot be opened: No such file or directory; write it, or name another one\n");
}

TEST_CASE_METHOD(fixture, "nothing of somebody's own is overwritten") {
    REQUIRE(why_not_rehearse_in(directory, file).empty());
    REQUIRE(why_not_rehearse_in(directory / "new", file).empty());
    for (const auto* name : {"secrets", "state", "config.yaml"}) {
        fs::create_directory(directory / name);
        REQUIRE_THAT(why_not_rehearse_in(directory, file), Contains(name) && Contains("no simulator made it"));
        fs::remove(directory / name);
    }
    fs::create_directory(directory / "secrets");
    write_file(directory / "simulator.json", "{}");
    REQUIRE(why_not_rehearse_in(directory, file).empty());
    write_file(directory / "config.yaml", "version: 1\n");
    REQUIRE_THAT(why_not_rehearse_in(directory, directory / "config.yaml"), Contains("would be overwritten"));
}
