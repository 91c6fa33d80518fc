#include "support/rig.hpp"

#include <catch2/catch.hpp>
#include <sys/stat.h>
#include <unistd.h>

#include <sstream>

using namespace tunnelkeyd;
using nlohmann::json;
using support::rig;

namespace {

std::string secret_file(const rig& scene, const std::string& name) {
    return scene.directory() / "secrets" / name;
}

/// What must hold of any run: nothing was changed anywhere, and no secret shown.
void check_harmless(const rig& scene, const std::string& output) {
    CHECK(scene.requests("regenerate").empty());
    CHECK(scene.requests("install").empty());
    for (const auto& secret : scene.secrets())
        CHECK(output.find(secret) == std::string::npos);
}

/// `tunnelkeyd preflight --json`: its checks by name.
struct examined {
    explicit examined(const rig& scene, const std::string& tunnel = "jira") {
        const auto told = scene.tell("preflight", {tunnel, "--json"});
        check_harmless(scene, told.output);
        INFO(told.output);
        status = told.status;
        const auto found = json::parse(told.output).at("tunnels").at(0);
        CHECK(found.at("tunnel") == tunnel);
        CHECK(found.at("passed") == (status == 0));
        for (const auto& each : found.at("checks")) {
            checks[each.at("check").get<std::string>()] = each;
            const bool fine = each.at("result") == "passed" || each.at("result") == "skipped";
            CHECK(each.at("remedy").get<std::string>().empty() == fine);
        }
    }
    [[nodiscard]] std::string result(const std::string& check) const { return text(check, "result"); }
    [[nodiscard]] std::string found(const std::string& check) const { return text(check, "found"); }
    [[nodiscard]] std::string remedy(const std::string& check) const { return text(check, "remedy"); }
    /// The names of those that came out so.
    [[nodiscard]] std::vector<std::string> all(const std::string& result) const {
        std::vector<std::string> names;
        for (const auto& [name, check] : checks.items())
            if (check.at("result") == result)
                names.push_back(name);
        return names;
    }

    int status = 0;
    json checks;

private:
    [[nodiscard]] std::string text(const std::string& check, const char* member) const {
        return checks.at(check).at(member).get<std::string>();
    }
};

bool has(const std::string& text, const std::string& part) {
    UNSCOPED_INFO(text);
    return text.find(part) != std::string::npos;
}

std::string at_bad_port(const rig& scene, const std::string& which, const std::string& path) {
    const auto port = scene.simulator.description().at("bad_tls").at(which).get<int>();
    return "https://localhost:" + std::to_string(port) + path;
}

/// Results and checks, and the lines that begin at the left.
std::string outline(const std::string& text) {
    std::istringstream lines(text);
    std::string found;
    for (std::string line; std::getline(lines, line);)
        if (line.substr(0, 20).find_first_not_of(' ') != std::string::npos)
            found += (line.starts_with(' ') ? line.substr(0, 29) : line) + "\n";
    return found;
}

using names = std::vector<std::string>;

}  // namespace

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
    const auto page = support::read_file(PREFLIGHT_PAGE);
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
        {"expired", "certificate has expired (CN=localhost, valid until 20", "renew it on the server"},
        {"self_signed", "certificate is self-signed (CN=localhost)", "tls.ca_file"},
        {"wrong_host", "certificate is not for localhost", "tls.server_name"},
        {"tls_1_1", "TLS handshake", "min_version"},
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
    CHECK(has(seen.remedy("credentials_secret"), "mode 0640"));
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

TEST_CASE("preflight beside a running daemon leaves its store alone, and says so") {
    rig scene;
    scene.start({}, {});
    scene.wait_for("rotation.installed");
    const auto told = scene.tell("preflight");
    CHECK(told.status == 0);
    CHECK(has(told.output, "  skip  store                not tried: a running tunnelkeyd has it"));
    CHECK(scene.stop() == 0);
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
