#include "app/credentials.hpp"
#include "support/fake_secrets.hpp"

#include <catch2/catch.hpp>

using namespace tunnelkeyd;
using Catch::Matchers::Contains;
using Catch::Matchers::StartsWith;

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

TEST_CASE("a token that no header can carry is an error that names its reference, and shows nothing of it") {
    const auto [value, why] = GENERATE(table<std::string, std::string>({
        {"hush ", "ends with a blank; write the secret without it"},
        {"hush \t", "ends with a blank; write the secret without it"},
        {" ", "ends with a blank; write the secret without it"},
        {" hush", "begins with a blank; write the secret without it"},
        {"hu sh", "has a blank at position 3; write only the secret, which has none"},
        {"h\xc3\xa4sh",
         "has a character that cannot be sent in a header, at position 2; copy the secret once more, "
         "as plain text"},
        {"\xef\xbb\xbfhush", "cannot be sent in a header, at position 1;"},
        {"hush\x1b", "cannot be sent in a header, at position 5;"},
        {"hush\x7f", "cannot be sent in a header, at position 5;"},
        {"Bearer hush",
         "begins with \"Bearer \", which is put before it when it is sent; write the secret without it"},
        {"bearer\thush", "begins with \"Bearer \""},
    }));
    tests::fake_secrets secrets;
    secrets.values["/pat"] = value;
    const auto read =
        app::read_credentials(secrets, core::bearer_auth{{core::secret_reference::source::file, "/pat"}});
    REQUIRE(std::holds_alternative<ports::secret_error>(read));
    const auto& message = std::get<ports::secret_error>(read).message;
    CHECK_THAT(message, StartsWith("file /pat: ") && Contains(why) && !Contains("hu") && !Contains("sh"));
}

TEST_CASE("a token may have every visible character, and begin like the scheme") {
    for (const char* token : {"!\"#$%&'()*+,-./:;<=>?@[]^_`{|}~", "Bearer", "bearer-7", "a"})
        CHECK(header(core::bearer_auth{{{}, "it"}}, token) == "Bearer " + std::string(token));
}

TEST_CASE("a password may have any character, also at its end, since it is sent in base64") {
    for (const char* password : {"ends with a blank ", "\t", "k\xc3\xa4", "Bearer x"})
        CHECK_THAT(basic("f", password), StartsWith("Basic ") && !Contains("Bearer"));
    CHECK(basic("f", "k ") == "Basic ZjprIA==");
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
