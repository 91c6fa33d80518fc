#include "core/secret.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>
#include <fmt/ostream.h>
#include <nlohmann/json.hpp>

#include <concepts>
#include <ostream>
#include <utility>

using tunnelkeyd::core::secret;

namespace {

template <class T>
concept streamable = requires(std::ostream& out, const T& value) {
    out << value;
};

static_assert(streamable<int>, "the concept itself works");
static_assert(!streamable<secret>);
static_assert(!streamable<tunnelkeyd::core::secret&&>);
static_assert(!fmt::is_formattable<secret>::value);
static_assert(!std::convertible_to<secret, std::string>);
static_assert(!std::convertible_to<secret, std::string_view>);
static_assert(!std::convertible_to<secret, bool>);
static_assert(!std::constructible_from<nlohmann::json, secret>);
static_assert(!std::copy_constructible<secret>);
static_assert(std::is_nothrow_move_constructible_v<secret>);

}  // namespace

TEST_CASE("a secret holds what it was given, and a moved-from one is empty") {
    secret first("correct horse");
    REQUIRE(first.reveal() == "correct horse");
    secret second(std::move(first));
    REQUIRE(second.reveal() == "correct horse");
    REQUIRE(first.empty());
    first = std::move(second);
    REQUIRE(first.size() == 13);
}

TEST_CASE("secrets are equal exactly if their bytes are") {
    REQUIRE(secret("abc") == secret("abc"));
    REQUIRE_FALSE(secret("abc") == secret("abd"));
    REQUIRE_FALSE(secret("abc") == secret("abcd"));
    REQUIRE(secret() == secret(""));
}

TEST_CASE("what a peer says is redacted if it repeats the secret") {
    using tunnelkeyd::core::redacted;
    const secret key("s3cr3t");
    CHECK(redacted("jira", key) == "jira");
    CHECK(redacted("jira s3cr3t", key) == "[redacted]");
    CHECK(redacted("jira", secret()) == "jira");
}

TEST_CASE("wipe() overwrites the bytes of a string before it lets go of them") {
    std::string text(100, 'k');
    const char* bytes = text.data();
    tunnelkeyd::core::wipe(text);
    REQUIRE(text.empty());
    REQUIRE(std::string_view(bytes, 100) == std::string(100, '\0'));
}
