#include "net/tls_peer.hpp"
#include "support/client_fixture.hpp"

#include <boost/asio/ssl/error.hpp>

#include <openssl/err.h>

using namespace tunnelkeyd;
using namespace tunnelkeyd::testing;
using Catch::Matchers::Contains;

namespace {

constexpr long day = 24 * 3600;

core::exchange greet(server_tls tls, const std::function<void(net::endpoint&)>& change = {}) {
    client_fixture with;
    scripted_server server(std::move(tls), {replies({ok("")})});
    auto where = with.to(server.url());
    if (change)
        change(where);
    return with.send(where);
}

void check_refused(const core::exchange& result, const std::vector<std::string>& texts) {
    CHECK(result.reached == core::reached::nothing);
    for (const auto& text : texts)
        CHECK_THAT(result.problem, Contains(text));
}

boost::system::error_code alert(int number) {
    const auto code = ERR_PACK(ERR_LIB_SSL, 0, SSL_AD_REASON_OFFSET + number);
    return {static_cast<int>(code), boost::asio::error::get_ssl_category()};
}

}  // namespace

TEST_CASE("a certificate for the URL's host from a trusted authority is accepted") {
    CHECK(greet({make_identity({}, &test_authority())}).status == 200);
}

TEST_CASE("an expired certificate is refused, with its date") {
    const auto result =
        greet({make_identity({"old", "IP:127.0.0.1", -20 * day, -10 * day}, &test_authority())});
    check_refused(result, {"certificate has expired (CN=old, issued by CN=test authority, valid from 20",
                           " until 20", "renew it"});
}

TEST_CASE("a certificate from the future is refused, with its date") {
    const auto result = greet({make_identity({"new", "IP:127.0.0.1", 10 * day, 20 * day}, &test_authority())});
    check_refused(
        result, {"certificate is not valid yet (CN=new, issued by CN=test authority, valid from 20", "clock"});
}

TEST_CASE("a self-signed certificate is refused, unless it is the ca_file") {
    auto shown = make_identity({"alone", "IP:127.0.0.1"});
    const temporary_file file(shown.pem());
    const bool trusted = GENERATE(false, true);
    const auto result = greet({std::move(shown)}, [&](net::endpoint& where) {
        if (trusted)
            where.tls.ca_file = file.path();
    });
    if (trusted)
        CHECK(result.status == 200);
    else
        check_refused(result, {"certificate is self-signed (CN=alone, issued by CN=alone, ", "tls.ca_file"});
}

TEST_CASE("a certificate from an unknown authority is refused, with its issuer") {
    const auto stranger = make_identity({"stranger", "", -60, day, true});
    const auto result = greet({make_identity({"leaf", "IP:127.0.0.1"}, &stranger)});
    check_refused(result, {"issuer is not trusted (CN=leaf, issued by CN=stranger, valid from 20"});
}

TEST_CASE("a certificate for another host is refused") {
    const auto other_name = greet({make_identity({"other", "DNS:other.example"}, &test_authority())});
    check_refused(other_name, {"certificate is not for 127.0.0.1, but for other.example (CN=other, "});
    // An address that stands there as a name is none: RFC 9110, section 4.3.5.
    const auto as_name = greet({make_identity({"127.0.0.1", "DNS:127.0.0.1"}, &test_authority())});
    check_refused(as_name, {"certificate is not for 127.0.0.1"});
    const auto localhost = greet({make_identity({"other", "IP:127.0.0.1"}, &test_authority())},
                                 [](net::endpoint& where) { where.url.host = "localhost"; });
    check_refused(localhost, {"certificate is not for localhost"});
}

TEST_CASE("a common name counts for nothing, as browsers have it, and the message says what is missing") {
    const std::string names = GENERATE("", "email:localhost@example.com", "URI:https://localhost");
    const auto to_localhost = [](net::endpoint& where) { where.url.host = "localhost"; };
    check_refused(greet({make_identity({"localhost", names}, &test_authority())}, to_localhost),
                  {"certificate has no host among its alternative names (CN=localhost, issued by ",
                   "subjectAltName=DNS:localhost"});
    check_refused(greet({make_identity({"127.0.0.1", names}, &test_authority())}),
                  {"certificate has no host among its alternative names", "subjectAltName=IP:127.0.0.1"});
}

TEST_CASE("server_name takes the place of the host, for asking and for verifying") {
    std::string asked;
    const auto note = [&asked](peer& client) {
        if (const char* name = SSL_get_servername(client.tls(), TLSEXT_NAMETYPE_host_name))
            asked = name;
        client.read_request();
        client.write(ok(""));
        client.wait_until_closed();
    };
    const std::string name = GENERATE("jira.example.com", "");
    {
        client_fixture with;
        scripted_server server({make_identity({"x", "DNS:jira.example.com,IP:127.0.0.1"}, &test_authority())},
                               {note});
        auto where = with.to(server.url());
        where.tls.server_name = name;
        CHECK(with.send(where).status == 200);
    }
    CHECK(asked == name);  // none for an address
}

TEST_CASE("what a certificate says is escaped and cut") {
    const auto control = greet({make_identity({"a\r\nb\x1b[31m", "DNS:x"}, &test_authority())});
    CHECK(control.problem.find_first_of("\r\n\x1b") == std::string::npos);
}

TEST_CASE("min_version is kept to") {
    const auto need_1_3 = [](net::endpoint& where) { where.tls.min_version = core::tls_version::v1_3; };
    check_refused(
        greet({make_identity({}, &test_authority()), TLS1_2_VERSION, TLS1_2_VERSION}, need_1_3),
        {"TLS handshake", "no version of TLS that is allowed here, which is 1.3", "protocol version"});
    CHECK(greet({make_identity({}, &test_authority()), TLS1_3_VERSION, TLS1_3_VERSION}, need_1_3).status ==
          200);
    CHECK(greet({make_identity({}, &test_authority()), TLS1_2_VERSION, TLS1_2_VERSION}).status == 200);
}

TEST_CASE("an alert that refuses the handshake is told from any other failure") {
    for (const int number : {SSL_AD_HANDSHAKE_FAILURE, SSL_AD_BAD_CERTIFICATE, SSL_AD_UNSUPPORTED_CERTIFICATE,
                             SSL_AD_CERTIFICATE_REVOKED, SSL_AD_CERTIFICATE_EXPIRED, SSL_AD_CERTIFICATE_UNKNOWN,
                             SSL_AD_UNKNOWN_CA, SSL_AD_ACCESS_DENIED, SSL_AD_CERTIFICATE_REQUIRED})
        CHECK(net::refuses_handshake(alert(number)));
    for (const int number :
         {SSL_AD_UNEXPECTED_MESSAGE, SSL_AD_BAD_RECORD_MAC, SSL_AD_DECODE_ERROR, SSL_AD_DECRYPT_ERROR,
          SSL_AD_INTERNAL_ERROR, SSL_AD_USER_CANCELLED, SSL_AD_PROTOCOL_VERSION})
        CHECK_FALSE(net::refuses_handshake(alert(number)));
    CHECK_FALSE(net::refuses_handshake({SSL_AD_REASON_OFFSET + 42, boost::system::generic_category()}));
    CHECK_FALSE(net::refuses_handshake({}));
}
