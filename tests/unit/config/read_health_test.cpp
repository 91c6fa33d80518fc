#include "config/read_health.hpp"
#include "support.hpp"

using namespace tunnelkeyd;
using namespace tunnelkeyd::config;
using namespace tunnelkeyd::config::testing;
using namespace std::chrono_literals;

namespace {

std::string with_listen(const std::string& text) {
    return "version: 1\nhealth: {listen: " + text + "}";
}

std::optional<core::listen_address> listen(const std::string& text) {
    return good(with_listen(text)).health.listen;
}

std::string error_of(const std::string& text) {
    const auto found = errors(with_listen(text));
    REQUIRE(found.size() == 1);
    return found[0];
}

}  // namespace

TEST_CASE("every field of health is read") {
    const auto settings = good(
        "version: 1\nhealth:\n  listen: 127.0.0.2:80\n  gap_failing_after: 1m\n  overdue_failing_after: 2h\n");
    CHECK(settings.health == core::health_settings{{{"127.0.0.2", 80}}, 1min, 2h});
    CHECK(errors("version: 1\nhealth: {listn: none, gap_failing_after: 5}").size() == 2);
}

TEST_CASE("an address to listen on is numeric with a port, or none") {
    CHECK(listen("127.0.0.1:9847") == core::listen_address{"127.0.0.1", 9847});
    CHECK(listen("'127.0.0.1:0'") == core::listen_address{"127.0.0.1", 0});
    CHECK(listen("'[::1]:65535'") == core::listen_address{"::1", 65535});
    CHECK_FALSE(listen("none"));
}

TEST_CASE("two ways to write one address are equal") {
    CHECK(listen("'[0:0:0:0:0:0:0:1]:1'") == listen("'[::1]:1'"));
    CHECK(listen("'[FE80::000A]:1'") == core::listen_address{"fe80::a", 1});
}

TEST_CASE("an address to listen on that is none is refused with what to write") {
    const std::string remedy = "; write 127.0.0.1:9847, \"[::1]:9847\" (with the quotes), or none";
    CHECK(error_of("localhost:9847") ==
          "c:2:18: health.listen: \"localhost:9847\" does not begin with a numeric address; names of hosts are "
          "not looked up here" +
              remedy);
    CHECK(error_of("9847") == "c:2:18: health.listen: \"9847\" is not an address with a port" + remedy);
    CHECK(error_of("'::1'") ==
          "c:2:18: health.listen: \"::1\" has an IPv6 address without brackets, or no port" + remedy);
    CHECK(error_of("127.0.0.1:65536") ==
          "c:2:18: health.listen: \"127.0.0.1:65536\" does not end with a port from 0 (any free one) to 65535" +
              remedy);
    CHECK(error_of("[127.0.0.1, 9847]").find("must be an address and a port (write 127") != std::string::npos);
    for (const char* text : {"127.0.0.1",
                             "127.0.0.1:99999",
                             ":9847",
                             "'*:9847'",
                             "'127.0.0.1:'",
                             "127.0.0.1:x",
                             "127.0.0.1:+1",
                             "127.0.0.1:-1",
                             "'127.0.0.1: 1'",
                             "127.1:1",
                             "127.0.0.01:1",
                             "0x7f.0.0.1:1",
                             "256.0.0.1:1",
                             "'[]:1'",
                             "'[::1]'",
                             "'[::1]x:1'",
                             "'[::1:1'",
                             "'::1]:1'",
                             "'[127.0.0.1]:1'",
                             "'[fe80::1%eth0]:1'",
                             "'[::g]:1'",
                             "http://127.0.0.1:1",
                             "\"127.0.0.1\\0:1\"",
                             "true",
                             "''",
                             "{}"}) {
        INFO(text);
        CHECK(error_of(text).find("write 127.0.0.1:9847, ") != std::string::npos);
    }
}

TEST_CASE("an IPv6 address without its quotes is refused in a block and on one line") {
    const std::string advice = "text that begins with a bracket goes in quotes, as \"[::1]:9847\"";
    CHECK(errors("version: 1\nhealth:\n  listen: [::1]:9847\n")[0].find(advice) != std::string::npos);
    CHECK(error_of("[::1]:9847").find(advice) != std::string::npos);
}

TEST_CASE("an address that other machines can reach is taken with a warning") {
    const auto warnings = [](const char* text) { return load(with_listen(text)).warnings; };
    for (const char* text : {"127.0.0.1:1", "127.255.255.254:1", "'[::1]:1'", "none"})
        CHECK(warnings(text).empty());
    CHECK(
        warnings("0.0.0.0:9847") ==
        lines{
            "c:2:18: health.listen: 0.0.0.0:9847 is not a loopback address: anybody who can reach it can read "
            "the tunnels' names and states, as there is no login and no TLS"});
    for (const char* text : {"192.0.2.1:1", "128.0.0.1:1", "'[::]:1'", "'[2001:db8::1]:1'"})
        CHECK(warnings(text).size() == 1);
}

TEST_CASE("an address's text is what the configuration writes") {
    CHECK(to_string(core::listen_address{"127.0.0.1", 9847}) == "127.0.0.1:9847");
    CHECK(to_string(core::listen_address{"::1", 0}) == "[::1]:0");
    for (const char* text : {"127.0.0.1:9847", "[::1]:9847", "[2001:db8::1:0]:1"})
        CHECK(to_string(*listen("'" + std::string(text) + "'")) == text);
}
