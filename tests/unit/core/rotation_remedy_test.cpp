#include "rotation_harness.hpp"

#include <catch2/catch.hpp>

#include <set>

// What a person is told to do about a request that never left.
using namespace tunnelkeyd::core;
using testing::no_reply;
using testing::rotation_harness;

namespace {

constexpr hindrance all[] = {hindrance::connection, hindrance::own, hindrance::name, hindrance::proxy,
                             hindrance::tls};

bool names(const rotation_harness& t, const char* what) {
    return t.machine->trouble()->remedy.find(what) != std::string::npos;
}

}  // namespace

TEST_CASE("a key that could not be sent for a reason of our own is no matter of the instance") {
    std::set<std::string> remedies;
    for (const auto of : all) {
        rotation_harness t;
        t.to_install("K");
        t.install_hindered(of);
        const auto& trouble = t.machine->trouble();
        CHECK(remedies.insert(trouble->remedy).second);
        CHECK(trouble->code == (of == hindrance::own ? "secret_unreadable" : "instance_not_ready"));
        CHECK(names(t, "bring the instance back") == (of == hindrance::connection));
        CHECK(names(t, "mend what the last error names") == (of == hindrance::own));
        CHECK(names(t, "name servers") == (of == hindrance::name));
        CHECK(names(t, "instance.proxy") == (of == hindrance::proxy));
        CHECK(names(t, "instance.tls") == (of == hindrance::tls));
        // Whatever it is, the key is sent again soon, and nothing was logged in to.
        t.save();
        CHECK(t.sleeps_for() <= std::chrono::seconds(1));
    }
}

TEST_CASE("an instance that answered is what is to be mended") {
    rotation_harness t;
    t.to_install("K");
    t.install_answers(503);
    CHECK(names(t, "bring the instance back"));
}

TEST_CASE("a regenerate that could not be sent says what to do about what kept it") {
    std::set<std::string> remedies;
    for (const auto of : all) {
        rotation_harness t;
        t.to_regenerate();
        t.cannot_connect(of);
        const auto& trouble = t.machine->trouble();
        CHECK(remedies.insert(trouble->remedy).second);
        CHECK(trouble->code == (of == hindrance::own ? "secret_unreadable" : "regenerate_refused"));
        CHECK(names(t, "mend what the last error names") == (of == hindrance::own));
        CHECK(names(t, "cloud.tls") == (of == hindrance::tls));
        CHECK(names(t, "the network between") == (of == hindrance::connection));
    }
}

TEST_CASE("a redirect of the cloud is no matter of the network") {
    rotation_harness t;
    t.to_regenerate();
    t.regenerate_answers(302);
    CHECK(names(t, "cloud.url"));
    CHECK_FALSE(names(t, "the network between"));
}
