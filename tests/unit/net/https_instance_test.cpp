#include "net/https_instance.hpp"
#include "support/client_fixture.hpp"

#include <future>

using namespace tunnelkeyd;
using namespace tunnelkeyd::testing;
using core::reached;

namespace {

const tests::fake_secrets no_secrets;

core::instance instance_at(const std::string& url) {
    core::instance at;
    at.url = *core::parse_base_url(url);
    at.timeout = patient;
    return at;
}

core::shared_secret key_of(std::string_view text) {
    return std::make_shared<const core::secret>(text);
}

const core::secret authorization("Bearer hush-hush-hush-hush");

/// Answers each request with 200, and passes on what it said.
script note_requests(std::promise<std::vector<std::string>>& asked, unsigned count) {
    return [&asked, count](peer& client) {
        std::vector<std::string> texts;
        while (texts.size() < count) {
            texts.push_back(client.read_request());
            client.write(ok(""));
        }
        asked.set_value(std::move(texts));
        client.wait_until_closed();
    };
}

}  // namespace

TEST_CASE("preflight and install of one instance share a connection, and credentials go where they belong") {
    boost::asio::io_context loop;
    std::promise<std::vector<std::string>> asked;
    scripted_server server({note_requests(asked, 3)});
    net::https_instance instances(loop, no_secrets, {std::chrono::hours(1), 64, ""});
    const auto at = instance_at(server.url("/jira"));
    const auto key = key_of("new \"key\" \\ \xc3\xa4");
    CHECK(run(loop, [&](auto done) { instances.read_status(at, done); }).status == 200);
    CHECK(run(loop, [&](auto done) { instances.who_am_i(at, authorization, done); }).status == 200);
    CHECK(run(loop, [&](auto done) { instances.install(at, authorization, key, done); }).status == 200);

    const auto host =
        "Host: 127.0.0.1:" + std::to_string(server.port()) + "\r\nUser-Agent: tunnelkeyd/0.1.0\r\n";
    const auto texts = asked.get_future().get();
    CHECK(texts[0] == "GET /jira/status HTTP/1.1\r\n" + host + "Accept: application/json\r\n\r\n");
    CHECK(texts[1] == "GET /jira/plugins/servlet/applinks/whoami HTTP/1.1\r\n" + host +
                          "Authorization: Bearer hush-hush-hush-hush\r\nAccept: text/plain\r\n\r\n");
    CHECK(texts[2] ==
          "PUT /jira/rest/secure-tunneling/latest/tunnel/token HTTP/1.1\r\n" + host +
              "Authorization: Bearer hush-hush-hush-hush\r\nAccept: application/json\r\n"
              "Content-Type: application/json\r\nX-Atlassian-Token: no-check\r\nContent-Length: 29\r\n\r\n"
              "{\"token\":\"new \\\"key\\\" \\\\ \xc3\xa4\"}");
}

TEST_CASE("credentials or a key that cannot be sent are refused, and not repeated") {
    boost::asio::io_context loop;
    net::https_instance instances(loop, no_secrets);
    const auto at = instance_at("http://127.0.0.1:1");
    const core::secret broken("Bearer hush\r\nX-Other: 1");
    const auto bad_login = run(loop, [&](auto done) { instances.who_am_i(at, broken, done); });
    const auto no_text = key_of("hush\xff");
    const auto bad_key = run(loop, [&](auto done) { instances.install(at, authorization, no_text, done); });
    for (const auto& [result, text] : {std::pair{&bad_login, "Authorization"}, std::pair{&bad_key, "UTF-8"}}) {
        CHECK(result->reached == reached::nothing);
        CHECK_THAT(result->problem, Catch::Matchers::Contains(text));
        CHECK(result->problem.find("hush") == std::string::npos);
    }
}

TEST_CASE("the time limits are those of the instance") {
    boost::asio::io_context loop;
    scripted_server server({[](peer& client) { client.wait_until_closed(); }});
    net::https_instance instances(loop, no_secrets);
    auto at = instance_at(server.url());
    at.timeout.request = short_time;
    const auto result = run(loop, [&](auto done) { instances.read_status(at, done); });
    CHECK(result.reached == reached::interrupted);
    CHECK(result.timed_out);
}

TEST_CASE("what is missing on the way to an instance is named by the instance's settings") {
    boost::asio::io_context loop;
    const net::https_instance instances(loop, no_secrets);
    auto at = instance_at("https://127.0.0.1:1");
    std::string expected = "instance.proxy.password: file /missing does not exist";
    SECTION("a proxy's password") {
        at.proxy = {core::proxy_settings::source::configuration, *core::parse_base_url("http://127.0.0.1:1"),
                    "user", core::secret_reference{core::secret_reference::source::file, "/missing"}};
    }
    SECTION("a trust store") {
        at.tls.ca_file = "/missing.pem";
        expected = "instance: cannot read tls.ca_file /missing.pem: No such file or directory";
    }
    CHECK_THAT(instances.missing_secret(at), Catch::Matchers::StartsWith(expected));
}
