#include "running_simulator.hpp"

#include <catch2/catch.hpp>

using namespace tunnelkeyd::simulator;
using Catch::Matchers::Contains;

namespace {

const std::string status_request = http_request("GET", "/jira/status");

}  // namespace

TEST_CASE("the cloud and the instances are served over TLS 1.3, each on its own port") {
    const running_simulator running;
    tls_client cloud(running.cloud_port(), running.ca_file());
    tls_client instance(running.instance_port(), running.ca_file());
    REQUIRE(cloud.version() == "TLSv1.3");
    REQUIRE(instance.ask(status_request).body == R"({"state":"RUNNING"})");
    REQUIRE(cloud.ask(status_request).status == 401);
    REQUIRE(instance.ask(running.regenerate_request()).status == 404);
    REQUIRE(cloud.ask(running.regenerate_request()).status == 200);
}

TEST_CASE("expired, self-signed and wrong-host certificates are refused for what is wrong with them") {
    const running_simulator running;
    REQUIRE_THROWS_WITH(tls_client(running.bad_port("expired"), running.ca_file()),
                        Contains("certificate verify failed"));
    REQUIRE_THROWS_WITH(tls_client(running.bad_port("self_signed"), running.ca_file()),
                        Contains("certificate verify failed"));
    REQUIRE_THROWS_WITH(tls_client(running.bad_port("wrong_host"), running.ca_file()),
                        Contains("certificate verify failed"));
    const auto counters = running.process.control().get("/counters");
    REQUIRE(counters.at("sides").at("instance").at("arrived") == 0);
}

TEST_CASE("the TLS 1.1 port does not speak with a client of today") {
    const running_simulator running;
    REQUIRE_THROWS_WITH(tls_client(running.bad_port("tls_1_1"), running.ca_file()), Contains("handshake"));
}

TEST_CASE("the port that wants a client certificate says so after the handshake, and takes no request") {
    const running_simulator running;
    tls_client client(running.bad_port("client_certificate"), running.ca_file());
    client.send(status_request);
    REQUIRE_THROWS_WITH(client.receive(), Contains("certificate required"));
    REQUIRE(running.process.control().get("/counters").at("sides").at("instance").at("arrived") == 0);
}
