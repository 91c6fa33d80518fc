#include "net/https_cloud.hpp"
#include "support/client_fixture.hpp"

#include <future>

using namespace tunnelkeyd;
using namespace tunnelkeyd::testing;
using core::reached;

namespace {

const tests::fake_secrets no_secrets;

const core::identity tunnel{"org/1", "host name"};

core::cloud_settings settings_for(const std::string& url) {
    core::cloud_settings settings;
    settings.url = *core::parse_base_url(url);
    settings.timeout = patient;
    return settings;
}

}  // namespace

TEST_CASE("regenerate sends call 1, and reads the key") {
    boost::asio::io_context loop;
    std::promise<std::string> asked;
    scripted_server server({[&asked](peer& client) {
        asked.set_value(client.read_request());
        client.write(ok("{\"token\": \"abc\"}"));
    }});
    net::https_cloud cloud(loop, no_secrets, settings_for(server.url("/gateway")));
    const core::secret key(hush);
    const auto result = run(loop, [&](ports::exchange_handler done) {
        cloud.regenerate(tunnel, key, patient.request, std::move(done));
    });
    CHECK(result.body.reveal() == "{\"token\": \"abc\"}");
    CHECK(asked.get_future().get() ==
          "PUT /gateway/admin/v1/orgs/org%2F1/tunnels/host%20name/token HTTP/1.1\r\n"
          "Host: 127.0.0.1:" +
              std::to_string(server.port()) +
              "\r\nUser-Agent: tunnelkeyd/0.1.0\r\n"
              "Authorization: Bearer hush-hush-hush-hush\r\nAccept: application/json\r\nContent-Length: "
              "0\r\n\r\n");
}

TEST_CASE("each regenerate has a connection of its own, which is closed in good order behind it") {
    boost::asio::io_context loop;
    std::promise<bool> ended;
    const auto once = [&ended](peer& client) {
        client.read_request();
        client.write(ok("{\"token\": \"abc\"}"));
        ended.set_value(client.wait_until_closed());
    };
    scripted_server server({replies({ok("{}"), ok("never")}), once, replies({ok("never")})});
    net::https_cloud cloud(loop, no_secrets, settings_for(server.url()));
    const core::secret key(hush);
    const auto check = [&](ports::exchange_handler done) {
        cloud.read_organization({"org", "org/1", {}}, key, std::move(done));
    };
    CHECK(run(loop, check).body.reveal() == "{}");
    const auto result = run(loop, [&](ports::exchange_handler done) {
        cloud.regenerate(tunnel, key, patient.request, std::move(done));
    });
    CHECK(result.body.reveal() == "{\"token\": \"abc\"}");
    CHECK(ended.get_future().get());
    CHECK(server.connections() == 2);
}

TEST_CASE("read_organization asks for the organization alone") {
    boost::asio::io_context loop;
    std::promise<std::string> asked;
    scripted_server server({[&asked](peer& client) {
        asked.set_value(client.read_request());
        client.write("HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n");
    }});
    net::https_cloud cloud(loop, no_secrets, settings_for(server.url()));
    const core::secret key(hush);
    const auto result = run(loop, [&](ports::exchange_handler done) {
        cloud.read_organization({"acme", "0c632b13", {}}, key, std::move(done));
    });
    CHECK(result.status == 401);
    CHECK_THAT(asked.get_future().get(),
               Catch::Matchers::StartsWith("GET /admin/v1/orgs/0c632b13 HTTP/1.1\r\n") &&
                   Catch::Matchers::Contains("Authorization: Bearer hush-hush-hush-hush\r\n"));
}

TEST_CASE("the time given for a regenerate bounds it") {
    boost::asio::io_context loop;
    scripted_server server({[](peer& client) { client.wait_until_closed(); }});
    net::https_cloud cloud(loop, no_secrets, settings_for(server.url()));
    const core::secret key(hush);
    const auto result = run(loop, [&](ports::exchange_handler done) {
        cloud.regenerate(tunnel, key, short_time, std::move(done));
    });
    CHECK(result.reached == reached::interrupted);
    CHECK(result.timed_out);
}

TEST_CASE("an API key that would break the header is refused, and not repeated") {
    boost::asio::io_context loop;
    net::https_cloud cloud(loop, no_secrets, settings_for("http://127.0.0.1:1"));
    const core::secret key(std::string(hush) + "\r\nX-Other: 1");
    const auto result = run(loop, [&](ports::exchange_handler done) {
        cloud.regenerate(tunnel, key, patient.request, std::move(done));
    });
    CHECK(result.reached == reached::nothing);
    CHECK_THAT(result.problem, Catch::Matchers::Contains("Authorization"));
    CHECK(result.problem.find("hush") == std::string::npos);
}

TEST_CASE("what is missing on the way to the cloud is named by the cloud's settings") {
    boost::asio::io_context loop;
    auto settings = settings_for("https://127.0.0.1:1");
    std::string expected = "cloud.proxy.password: file /missing does not exist";
    SECTION("a proxy's password") {
        settings.proxy = {core::proxy_settings::source::configuration,
                          *core::parse_base_url("http://127.0.0.1:1"), "user",
                          core::secret_reference{core::secret_reference::source::file, "/missing"}};
    }
    SECTION("a trust store") {
        settings.proxy.from = core::proxy_settings::source::none;
        settings.tls.ca_file = "/missing.pem";
        expected = "cloud: cannot read tls.ca_file /missing.pem: No such file or directory";
    }
    CHECK_THAT(net::https_cloud(loop, no_secrets, settings).missing_secret(),
               Catch::Matchers::StartsWith(expected));
}
