#include "preflight_examined.hpp"

#include <sys/stat.h>

using namespace tunnelkeyd;
using support::at_bad_port;
using support::examined;
using support::has;
using support::names;
using support::rig;
using support::secret_file;

TEST_CASE("preflight with a token that the instance does not know fails at the credentials alone") {
    const rig scene;
    scene.set("jira", {{"token", "another-token"}});
    const examined seen(scene);
    CHECK(seen.status == 1);
    CHECK(seen.all("failed") == names{"credentials"});
    CHECK(has(seen.found("credentials"), "does not accept the configured credentials"));
    CHECK(has(seen.remedy("credentials"), "renew the token"));
    CHECK(scene.requests("whoami").size() == 1);
}

TEST_CASE(
    "preflight with an API key that the cloud refuses fails there, and looks at the instance all the same") {
    const rig scene;
    scene.simulator.control().post("/organizations/acme", {{"api_key", "another-key"}});
    const examined seen(scene);
    CHECK(seen.status == 1);
    CHECK(seen.all("failed") == names{"api_key"});
    CHECK(has(seen.found("api_key"), "HTTP 401"));
    CHECK(has(seen.remedy("api_key"), "admin.atlassian.com"));
    CHECK(seen.result("credentials") == "passed");
}

TEST_CASE("preflight names a bad certificate, and what to do about it") {
    rig scene;
    const auto [which, found, remedy] = GENERATE(table<std::string, std::string, std::string>({
        {"expired", "certificate has expired (CN=localhost, issued by CN=tunnelkeyd simulator, valid from 20",
         "renew it on the server"},
        {"self_signed", "certificate is self-signed (CN=localhost, issued by CN=localhost, ", "tls.ca_file"},
        {"wrong_host", "certificate is not for localhost", "tls.server_name"},
        {"tls_1_1", "no version of TLS that is allowed here", "min_version"},
        {"client_certificate", "wants a client certificate, and none is configured", "tls.client_certificate"},
    }));
    scene.config["tunnels"][0]["instance"]["url"] = at_bad_port(scene, which, "/jira");
    const examined seen(scene);
    CHECK(seen.status == 1);
    CHECK(seen.all("failed") == names{"instance_tls"});
    CHECK(has(seen.found("instance_tls"), found));
    CHECK(has(seen.remedy("instance_tls"), remedy));
    CHECK(seen.found("credentials") == "because instance_tls failed");
    CHECK(scene.requests("whoami").empty());
}

TEST_CASE("preflight says which authority a certificate comes from that nobody trusts") {
    rig scene;
    const rig other;
    scene.config["cloud"]["tls"]["ca_file"] = other.simulator.description().at("ca_file");
    const examined seen(scene);
    CHECK(seen.all("failed") == names{"cloud_tls"});
    CHECK(has(seen.found("cloud_tls"), "CN=tunnelkeyd simulator"));
    CHECK(has(seen.remedy("cloud_tls"), "tls.ca_file"));
    CHECK(seen.found("api_key") == "because cloud_tls failed");
    CHECK(seen.result("credentials") == "passed");
}

TEST_CASE("preflight warns of a certificate that ends soon, and passes") {
    rig scene;
    scene.config["tunnels"][0]["instance"]["url"] = at_bad_port(scene, "expiring", "/jira");
    const examined seen(scene);
    CHECK(seen.status == 0);
    CHECK(seen.all("warning") == names{"instance_tls"});
    CHECK(has(seen.found("instance_tls"), "CN=localhost expires on 20"));
    CHECK(has(scene.tell("preflight").output, "\n1 tunnel: 1 passed (1 with warnings), 0 failed\n"));
}

TEST_CASE("preflight of an instance where nobody listens fails at the connection") {
    rig scene;
    scene.config["tunnels"][0]["instance"]["url"] = "https://localhost:1/jira";
    const examined seen(scene);
    CHECK(seen.status == 1);
    CHECK(seen.all("failed") == names{"instance_connection"});
    CHECK(has(seen.found("instance_connection"), "cannot connect to 127.0.0.1 port 1: Connection refused"));
    CHECK(has(seen.remedy("instance_connection"), "instance.url"));
    CHECK(seen.found("instance_state") == "because instance_connection failed");
}

TEST_CASE("preflight of an instance whose name does not exist fails at the look-up") {
    rig scene;
    scene.config["tunnels"][0]["instance"]["url"] = "https://jira.invalid/jira";
    scene.config["tunnels"][0]["instance"]["timeout"] = {{"connect", "3s"}};
    const examined seen(scene);
    CHECK(seen.status == 1);
    CHECK(seen.all("failed") == names{"instance_name"});
    CHECK(has(seen.found("instance_name"), "cannot look up jira.invalid"));
    CHECK(has(seen.remedy("instance_name"), "getent ahosts jira.invalid"));
}

TEST_CASE("preflight of an instance in maintenance fails there, and does not log in") {
    const rig scene;
    scene.set("jira", {{"instance_state", "MAINTENANCE"}});
    const examined seen(scene);
    CHECK(seen.status == 1);
    CHECK(seen.all("failed") == names{"instance_state"});
    CHECK(has(seen.found("instance_state"), "MAINTENANCE"));
    CHECK(seen.found("credentials") == "because instance_state failed");
    CHECK(scene.requests("whoami").empty());
}

TEST_CASE("preflight finds a secret's file that is missing, and one that everybody may read") {
    const rig scene;
    const auto token = secret_file(scene, "jira-token");
    const bool missing = GENERATE(true, false);
    if (missing)
        std::filesystem::remove(token);
    else
        REQUIRE(::chmod(token.c_str(), 0644) == 0);
    const examined seen(scene);
    CHECK(seen.status == 1);
    CHECK(seen.all("failed") == names{"credentials_secret"});
    CHECK(has(seen.found("credentials_secret"), token));
    CHECK(has(seen.found("credentials_secret"), missing ? "No such file" : "chmod o-r"));
    CHECK(has(seen.remedy("credentials_secret"), "mode 0600"));
    CHECK(seen.found("credentials") == "because credentials_secret failed");
    CHECK(seen.result("api_key") == "passed");
}

TEST_CASE("preflight shows everything that is to be mended in one run") {
    rig scene;
    scene.set("jira", {{"token", "another-token"}});
    scene.simulator.control().post("/organizations/acme", {{"api_key", "another-key"}});
    scene.config["tunnels"][0]["instance"]["auth"]["expires"] = "2020-01-31";
    const examined seen(scene);
    CHECK(seen.all("failed") == names{"api_key", "credentials", "credentials_expiry"});
    CHECK(seen.found("credentials_expiry") == "has ended on 2020-01-31 (instance.auth.expires)");
}

TEST_CASE("preflight passes an instance that cannot tell who logs in, with a warning") {
    const rig scene;
    scene.set("jira", {{"whoami", "404"}});
    const examined seen(scene);
    CHECK(seen.status == 0);
    CHECK(seen.all("warning") == names{"credentials"});
}

TEST_CASE("preflight leaves out what the settings turn off, and says so") {
    rig scene;
    scene.config["tunnels"][0]["instance"]["preflight"] = {{"status", false}, {"credentials", false}};
    const examined seen(scene);
    CHECK(seen.status == 0);
    CHECK(seen.found("instance_state") == "preflight.status is false");
    CHECK(seen.found("credentials") == "preflight.credentials is false");
    CHECK(scene.requests("whoami").empty());
    CHECK(scene.requests("status").empty());
}
