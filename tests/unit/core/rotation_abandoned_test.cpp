#include "rotation_harness.hpp"

#include <catch2/catch.hpp>

using namespace tunnelkeyd::core;
using testing::rotation_harness;

namespace {

void check_nothing_happened(const rotation_harness& t) {
    CHECK(t.machine->is_idle());
    CHECK_FALSE(t.machine->gap_open());
    CHECK_FALSE(t.machine->why());
    CHECK(t.history.empty());
    CHECK(t.record().failures == 0);
    CHECK(t.record().last_error.empty());
    CHECK(t.regenerates == 0);
    CHECK(t.last_said("rotation.abandoned").level == log_level::info);
}

}  // namespace

TEST_CASE("a rotation that waits for its permit is abandoned with the tunnel, and the key is untouched") {
    rotation_harness t;
    t.to_permit();
    t.abandon();
    check_nothing_happened(t);
}

TEST_CASE("a rotation in its preflight is abandoned with the tunnel") {
    rotation_harness t;
    t.begin();
    t.abandon();
    check_nothing_happened(t);
}

TEST_CASE("of the settings of a tunnel that was abandoned nothing is kept") {
    rotation_harness t;
    t.begin();
    t.abandon();
    const auto before = t.machine->shared_settings();
    t.machine->configure(std::make_shared<const tunnel>(*before));
    const auto holders = before.use_count();
    t.machine.reset();
    CHECK(before.use_count() == holders);
}

TEST_CASE("a tunnel that comes back after it was abandoned is rotated as ever") {
    rotation_harness t;
    t.to_permit();
    t.abandon();
    t.begin(reason::manual);
    if (t.wants<action::preflight>())
        t.pass_preflight();
    t.permit();
    t.save();
    t.finish("K1");
    CHECK(t.history.size() == 1);
    CHECK(t.sent == std::vector<std::string>{"K1"});
}
