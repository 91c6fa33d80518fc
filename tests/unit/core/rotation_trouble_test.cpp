#include "rotation_harness.hpp"

#include <catch2/catch.hpp>

using namespace tunnelkeyd::core;
using namespace std::chrono_literals;
using testing::hold_it;
using testing::rotation_harness;
using check = preflight_failure::check;

namespace {

/// Its code; "" where there is none. What is kept for after a restart says the same.
std::string_view code_of(const rotation_harness& t) {
    const auto& trouble = t.machine->trouble();
    if (!trouble)
        return "";
    CHECK_FALSE(trouble->what.empty());
    CHECK_FALSE(trouble->remedy.empty());
    CHECK(t.record().last_error == trouble->what);
    return trouble->code;
}

}  // namespace

TEST_CASE("no trouble stands in the way of a rotation that goes well") {
    rotation_harness t;
    CHECK(code_of(t).empty());
    t.to_install("K");
    CHECK(code_of(t).empty());
    t.install_accepted();
    t.save();
    CHECK(code_of(t).empty());
}

TEST_CASE("a failed preflight is trouble, with the gap open too") {
    const std::pair<check, std::string_view> codes[] = {
        {check::store, "store_failing"},
        {check::secret, "secret_unreadable"},
        {check::api_key, "api_key_refused"},
        {check::instance, "instance_not_ready"},
        {check::credentials, "credentials_refused"},
    };
    for (const auto& [at, code] : codes) {
        rotation_harness calm;
        calm.begin();
        calm.fail_preflight(at);
        CHECK(code_of(calm) == code);
        calm.save();
        CHECK(code_of(calm) == code);

        rotation_harness open;
        open.to_regenerate();
        open.crash();
        open.wake();
        open.fail_preflight(at);
        CHECK(code_of(open) == code);
    }
}

TEST_CASE("a refused regenerate is trouble, and a refused API key has a code of its own") {
    for (const unsigned status : {401u, 403u, 404u, 429u}) {
        rotation_harness t;
        t.to_regenerate();
        t.regenerate_answers(status);
        CHECK(code_of(t) == (status == 401 ? "api_key_refused" : "regenerate_refused"));
    }
    rotation_harness t;
    t.to_regenerate();
    t.cannot_connect();
    CHECK(code_of(t) == "regenerate_refused");
}

TEST_CASE("a regenerate whose outcome is unknown is trouble") {
    rotation_harness t;
    t.to_regenerate();
    t.regenerate_times_out();
    CHECK(code_of(t) == "regenerate_unknown");
}

TEST_CASE("an intent that cannot be written is trouble") {
    rotation_harness t;
    t.to_permit();
    t.permit();
    t.fail_save();
    CHECK(code_of(t) == "store_failing");
}

TEST_CASE("an install that fails is trouble, by what it failed for") {
    const std::pair<unsigned, std::string_view> codes[] = {
        {503, "instance_not_ready"},  {429, "instance_not_ready"}, {401, "credentials_refused"},
        {302, "credentials_refused"}, {404, "wrong_url"},          {400, "key_rejected"},
    };
    for (const auto& [status, code] : codes) {
        rotation_harness t;
        t.to_install("K");
        t.install_answers(status);
        CAPTURE(status);
        CHECK(code_of(t) == code);
        t.save();
        t.wake();
        CHECK(code_of(t) == code);  // until the key is installed
        t.install_accepted();
        CHECK(code_of(t).empty());
    }
    rotation_harness t;
    t.to_install("K");
    t.install_times_out();
    CHECK(code_of(t) == "instance_not_ready");
}

TEST_CASE("an install for which nothing could be read to log in with is trouble of that secret, not of the "
          "instance") {
    rotation_harness t;
    t.to_install("K");
    t.install_hindered(hindrance::own);
    CHECK(code_of(t) == "secret_unreadable");
    CHECK(t.pending() == "K");
}

TEST_CASE("the latest trouble is the one that counts") {
    rotation_harness t;
    t.to_install("K");
    t.install_answers(503);
    t.save();
    t.wake();
    t.install_answers(401);
    CHECK(code_of(t) == "credentials_refused");
}

TEST_CASE("a request forgets the trouble of before while the key is untouched") {
    rotation_harness t;
    t.begin();
    t.fail_preflight(check::credentials);
    t.save();
    t.request();
    CHECK(code_of(t).empty());
}

TEST_CASE("a request with the gap open forgets no trouble") {
    rotation_harness t;
    t.to_install("K");
    t.install_answers(401);
    t.save();
    t.request();
    CHECK(code_of(t) == "credentials_refused");
}

TEST_CASE("what stood in the way of a key that is held now is over, also once a person asks for another") {
    rotation_harness t;
    t.to_regenerate();
    t.regenerate_times_out();
    t.regenerate_again();
    t.mint("K", hold_it);
    t.save();
    REQUIRE(t.machine->where() == rotation::phase::held);
    CHECK_FALSE(t.machine->trouble());
    t.pass(2min);
    t.request();
    REQUIRE(t.machine->where() == rotation::phase::preflight);
    CHECK_FALSE(t.machine->trouble());
    t.fail_preflight(check::instance);
    CHECK(code_of(t) == "instance_not_ready");
}

TEST_CASE("a restart knows the trouble no more, but its text") {
    rotation_harness t;
    t.begin();
    t.fail_preflight(check::instance);
    t.save();
    t.crash();
    CHECK_FALSE(t.machine->trouble());
    CHECK(t.record().failures == 1);
    CHECK(t.record().last_error == "a problem");
}
