#include "core/examination.hpp"
#include "support/ways.hpp"

#include <catch2/catch.hpp>

using namespace tunnelkeyd;
using namespace std::chrono_literals;
using Catch::Matchers::Contains;
using core::way;
using result = core::check_line::result;

namespace {

constexpr core::wall_time now{std::chrono::sys_days(std::chrono::year(2026) / 12 / 1)};
const std::string url = "https://jira.example/jira";

std::vector<result> results(const std::vector<core::check_line>& lines) {
    std::vector<result> all;
    for (const auto& each : lines)
        all.push_back(each.came_out);
    return all;
}

}  // namespace

TEST_CASE("a whole way shows addresses, the one that answered, and the certificates with their ends") {
    const auto lines = core::examine_instance_way(tests::whole_way(url), now);
    REQUIRE(lines.size() == 4);
    CHECK(lines[0].check == "instance_name");
    CHECK(lines[0].found == "jira.example is 192.0.2.1, 2001:db8::1 (3ms)");
    CHECK(lines[1].check == "instance_connection");
    CHECK(lines[1].found == "192.0.2.1 port 443 (5ms)");
    CHECK(lines[2].check == "instance_proxy");
    CHECK(lines[2].found == "no proxy: none is configured");
    CHECK(lines[3].check == "instance_tls");
    CHECK(lines[3].found == "TLSv1.3, TLS_AES_256_GCM_SHA384: CN=jira.example until 2030-01-01, CN=authority "
                            "until 2031-01-01");
    CHECK(results(lines) == std::vector{result::passed, result::passed, result::skipped, result::passed});
    CHECK(core::examine_cloud_way(tests::whole_way(url), now)[3].check == "cloud_tls");
}

TEST_CASE("where a way ends the line fails with a remedy, and those behind it are skipped") {
    using stage = way::stage;
    const auto [end, expected] = GENERATE(table<stage, std::vector<result>>({
        {stage::look_up, {result::failed, result::skipped, result::skipped, result::skipped}},
        {stage::connection, {result::passed, result::failed, result::skipped, result::skipped}},
        {stage::proxy, {result::passed, result::passed, result::failed, result::skipped}},
        {stage::tls, {result::passed, result::passed, result::passed, result::failed}},
    }));
    auto found = tests::broken_way(url, end, "it broke");
    found.proxy = core::parse_base_url("http://proxy.corp:3128");
    const auto lines = core::examine_instance_way(found, now);
    CHECK(results(lines) == expected);
    for (const auto& each : lines) {
        CHECK(each.remedy.empty() == (each.came_out != result::failed));
        if (each.came_out == result::failed)
            CHECK_THAT(each.found, Contains("it broke"));
        if (each.came_out == result::skipped)
            CHECK_THAT(each.found, Contains("because instance_"));
    }
}

TEST_CASE("a certificate's own remedy comes before a general one, and what the server sent is shown") {
    const auto found = tests::broken_way(url, way::stage::tls, "certificate has expired", "renew it");
    const auto line = core::examine_instance_way(found, now)[3];
    CHECK_THAT(line.found, Contains("certificate has expired; it sent: CN=jira.example until 2030-01-01"));
    CHECK(line.remedy == "renew it");
}

TEST_CASE("a server that says nothing while TLS is to begin is no matter of certificates") {
    const auto found =
        tests::broken_way(url, way::stage::tls, "no connection within 10s: TLS handshake: time ran out");
    CHECK_THAT(core::examine_instance_way(found, now)[3].remedy, Contains("firewall") && !Contains("ca_file"));
}

TEST_CASE("a certificate that expires within 30 days is a warning that names it, the authority's too") {
    auto found = tests::whole_way(url);
    const std::size_t which = GENERATE(0u, 1u);
    found.chain[which].not_after = now + 30 * 24h;
    auto line = core::examine_instance_way(found, now)[3];
    CHECK(line.came_out == result::warning);
    CHECK_THAT(line.found, Contains(found.chain[which].subject + " expires on 2026-12-31 (in 30 days)"));
    CHECK_THAT(line.remedy, Contains(which == 0 ? "on the server" : "instance.tls.ca_file"));
    found.chain[which].not_after += 1ms;
    CHECK(core::examine_instance_way(found, now)[3].came_out == result::passed);
}

TEST_CASE("the client certificate is shown, and whether the server wants it") {
    auto found = tests::whole_way(url);
    found.wants_client_certificate = true;
    CHECK_THAT(core::examine_instance_way(found, now)[3].found,
               Contains("asks for a client certificate, and goes on"));
    found.client = core::certificate{"CN=rotator", "CN=Example CA", now + 300 * 24h, now - 24h};
    CHECK_THAT(
        core::examine_instance_way(found, now)[3].found,
        Contains("; it was shown CN=rotator, issued by CN=Example CA, valid from 2026-11-30 until 2027-09-27"));
    found.wants_client_certificate = false;
    CHECK_THAT(core::examine_instance_way(found, now)[3].found, Contains("; it does not ask for CN=rotator"));
}

TEST_CASE("a client certificate that expires within 30 days is a warning with its own remedy") {
    auto found = tests::whole_way(url);
    found.wants_client_certificate = true;
    found.client = core::certificate{"CN=rotator", "CN=Example CA", now + 30 * 24h, now - 24h};
    auto line = core::examine_instance_way(found, now)[3];
    CHECK(line.came_out == result::warning);
    CHECK_THAT(line.found, Contains("the client certificate CN=rotator expires on 2026-12-31 (in 30 days)"));
    CHECK_THAT(line.remedy, Contains("instance.tls.client_certificate"));
    found.client->not_after = now - 1h;
    CHECK_THAT(core::examine_cloud_way(found, now)[3].found, Contains("CN=rotator has expired on 2026-11-30"));
    CHECK_THAT(core::examine_cloud_way(found, now)[3].remedy, Contains("cloud.tls.client_certificate"));
    found.client->not_after = now + 31 * 24h;
    CHECK(core::examine_instance_way(found, now)[3].came_out == result::passed);
}

TEST_CASE("an address has no look-up, and plain http no certificates") {
    auto found = tests::whole_way("http://127.0.0.1:8080");
    found.addresses.clear();
    found.look_up_took.reset();
    found.chain.clear();
    const auto lines = core::examine_instance_way(found, now);
    CHECK(results(lines) == std::vector{result::skipped, result::passed, result::skipped, result::skipped});
    CHECK(lines[0].found == "127.0.0.1 is an address");
    CHECK(lines[3].found == "instance.url is plain http");
}

TEST_CASE("through a proxy it is the proxy that is looked up and connected to, and its leave is a line") {
    auto found = tests::whole_way(url);
    found.proxy = core::parse_base_url("http://proxy.corp:3128");
    found.proxy_why = "http://proxy.corp:3128 ($HTTPS_PROXY)";
    found.proxy_took = 7ms;
    const auto lines = core::examine_cloud_way(found, now);
    CHECK(results(lines) == std::vector(4, result::passed));
    CHECK(lines[0].found == "proxy.corp, the proxy, is 192.0.2.1, 2001:db8::1 (3ms)");
    CHECK(lines[2].check == "cloud_proxy");
    CHECK(lines[2].found == "http://proxy.corp:3128 ($HTTPS_PROXY) connects to jira.example:443 (7ms)");
}

TEST_CASE("a proxy that is not found is looked for in its own setting") {
    const auto end = GENERATE(way::stage::look_up, way::stage::connection);
    auto found = tests::broken_way(url, end, "it broke");
    found.proxy = core::parse_base_url("http://proxy.corp:3128");
    const auto line = core::examine_cloud_way(found, now)[end == way::stage::look_up ? 0 : 1];
    CHECK_THAT(line.remedy, Contains("cloud.proxy") && !Contains("cloud.url"));
}

TEST_CASE("a proxy that cannot be told, or whose password cannot be read, ends the way before it begins") {
    auto found = tests::broken_way(url, way::stage::proxy, "$HTTPS_PROXY is no http:// proxy");
    found.connected_to.clear();
    found.look_up_took.reset();
    found.addresses.clear();
    const auto lines = core::examine_cloud_way(found, now);
    CHECK(results(lines) == std::vector{result::skipped, result::skipped, result::failed, result::skipped});
    CHECK(lines[0].found == "because cloud_proxy failed");
    CHECK_THAT(lines[2].remedy, Contains("cloud.proxy"));
}
