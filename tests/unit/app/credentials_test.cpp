#include "app/credentials.hpp"
#include "support/fake_secrets.hpp"

#include <catch2/catch.hpp>

using namespace tunnelkeyd;

namespace {

std::string header(const core::instance_auth& auth, const std::string& value) {
    tests::fake_secrets secrets;
    secrets.values["it"] = value;
    const auto read = app::read_credentials(secrets, auth);
    return std::string(std::get<core::secret>(read).reveal());
}

std::string basic(const std::string& user, const std::string& password) {
    return header(core::basic_auth{user, {{}, "it"}}, password);
}

}  // namespace

TEST_CASE("user and password are joined and encoded as RFC 7617 says") {
    CHECK(basic("Aladdin", "open sesame") == "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
    CHECK(basic("test", "123\xc2\xa3") == "Basic dGVzdDoxMjPCow==");  // in UTF-8, section 2.1
}

TEST_CASE("base64 is padded as RFC 4648 says, whatever the length") {
    CHECK(basic("", "") == "Basic Og==");
    CHECK(basic("f", "") == "Basic Zjo=");
    CHECK(basic("f", "o") == "Basic Zjpv");
    CHECK(basic("\xff\xfe", "\xfb\xff") == "Basic //46+/8=");
}

TEST_CASE("a token is sent as it is") {
    CHECK(header(core::bearer_auth{{{}, "it"}}, "NjU=+/") == "Bearer NjU=+/");
}

TEST_CASE("what a peer says is redacted where it repeats the credentials") {
    const core::secret bearer("Bearer s3cr3t-token");
    CHECK(app::without_credentials("HTTP 500 (s3cr3t-token)", bearer) == "[redacted]");
    CHECK(app::without_credentials("HTTP 500 (text/html)", bearer) == "HTTP 500 (text/html)");
    CHECK(app::without_credentials("anything", {}) == "anything");
}

TEST_CASE("a secret that cannot be read is an error that names the reference") {
    const tests::fake_secrets secrets;
    const auto read = app::read_credentials(
        secrets, core::basic_auth{"rotator", {core::secret_reference::source::env, "PW"}});
    CHECK(std::get<ports::secret_error>(read).message.find("environment variable PW") != std::string::npos);
}
