#include "rotation_harness.hpp"

#include <catch2/catch.hpp>

// Other settings while a key is on its way to the instance.
using namespace tunnelkeyd::core;
using namespace tunnelkeyd::core::testing;

namespace {

tunnel with_new_token() {
    auto settings = example_tunnel();
    settings.instance.auth = bearer_auth{{secret_reference::source::file, "/secrets/new-pat"}};
    return settings;
}

tunnel moved() {
    auto settings = example_tunnel();
    settings.instance.url = *parse_base_url("https://new.example.com/jira");
    return settings;
}

}  // namespace

TEST_CASE("what an install with the old credentials is refused for does not count against the new ones") {
    rotation_harness t;
    t.to_install("K");
    t.reconfigure(with_new_token());
    const unsigned status = GENERATE(400, 401, 404, 503);
    t.install_answers(status);
    CHECK(t.said("install.repeated"));
    CHECK(t.record().failures == 0);
    CHECK(t.record().key->rejections == 0);
    REQUIRE(t.wants<action::install>());
    CHECK(t.sent.size() == 2);
    CHECK(t.sent.back() == "K");

    t.install_answers(401);  // with the new ones: that counts
    t.save();
    CHECK(t.record().failures == 1);
    CHECK(t.wants<action::sleep>());
}

TEST_CASE("a key that the instance took with the old credentials is installed all the same") {
    rotation_harness t;
    t.to_install("K");
    t.reconfigure(with_new_token());
    t.install_accepted();
    t.save();
    CHECK(t.machine->is_idle());
    CHECK(t.sent.size() == 1);
}

TEST_CASE("a key that the old place took is installed at the new one, after a preflight there") {
    rotation_harness t;
    t.to_install("K");
    t.reconfigure(moved());
    if (GENERATE(true, false))
        t.install_accepted();
    else
        t.install_answers(404);
    CHECK(t.said("install.repeated"));
    REQUIRE(t.wants<action::preflight>());
    t.pass_preflight();
    REQUIRE(t.wants<action::install>());
    CHECK(t.sent == std::vector<std::string>{"K", "K"});
    t.install_accepted();
    t.save();
    CHECK(t.machine->is_idle());
    CHECK(t.regenerates == 1);
}
