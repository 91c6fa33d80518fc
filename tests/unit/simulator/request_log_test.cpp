#include "simulator/request_log.hpp"

#include <catch2/catch.hpp>

using namespace tunnelkeyd::simulator;

namespace {

request_record install_at(const std::string& tunnel) {
    request_record record;
    record.to = {side::instance, call::install, tunnel};
    return record;
}

request_condition installs(const std::string& tunnel, std::uint64_t count,
                           stage_of_request stage = stage_of_request::arrived) {
    return {call::install, tunnel, stage, count};
}

}  // namespace

TEST_CASE("requests are counted by call, tunnel, side and how far they came") {
    request_log log;
    const auto number = log.arrived(install_at("jira"));
    log.arrived(install_at("bamboo"));
    log.applied({side::instance, call::install, "jira"});
    log.answered(number, {side::instance, call::install, "jira"}, 200);
    REQUIRE(log.count(installs("jira", 0)) == 1);
    REQUIRE(log.count(installs("", 0)) == 2);
    REQUIRE(log.count(installs("", 0, stage_of_request::applied)) == 1);
    REQUIRE(log.count(installs("bamboo", 0, stage_of_request::answered)) == 0);
    REQUIRE(log.count({std::nullopt, "jira", stage_of_request::answered, 0}) == 1);
    REQUIRE(log.count({call::status, "", stage_of_request::arrived, 0}) == 0);
    REQUIRE(log.count(side::instance, stage_of_request::arrived) == 2);
    REQUIRE(log.count(side::cloud, stage_of_request::arrived) == 0);
}

TEST_CASE("only the last requests are kept, and an answer to a forgotten one is still counted") {
    request_log log(3);
    for (int i = 0; i < 5; ++i)
        log.arrived(install_at("jira"));
    REQUIRE(log.kept().size() == 3);
    REQUIRE(log.kept().front().number == 3);
    REQUIRE(log.last_number() == 5);
    log.answered(1, {side::instance, call::install, "jira"}, 200);
    log.answered(4, {side::instance, call::install, "jira"}, 503);
    REQUIRE(log.kept()[0].status == 0);
    REQUIRE(log.kept()[1].status == 503);
    REQUIRE(log.count(installs("", 0, stage_of_request::answered)) == 2);
}

TEST_CASE("a long target is cut") {
    request_log log;
    auto record = install_at("jira");
    record.target = std::string(10'000, 'x');
    log.arrived(record);
    REQUIRE(log.kept().front().target.size() == 512);
}

TEST_CASE("whoever waits is called once, when the count is reached") {
    request_log log;
    int called = 0;
    REQUIRE(log.when(installs("jira", 2), [&] { ++called; }) != 0);
    log.arrived(install_at("jira"));
    log.arrived(install_at("bamboo"));
    REQUIRE(called == 0);
    log.arrived(install_at("jira"));
    log.arrived(install_at("jira"));
    REQUIRE(called == 1);
}

TEST_CASE("a condition that is true already is not waited for") {
    request_log log;
    log.arrived(install_at("jira"));
    REQUIRE(log.when(installs("", 1), [] { FAIL("nobody waits"); }) == 0);
    log.arrived(install_at("jira"));
}

TEST_CASE("whoever no longer waits is not called") {
    request_log log;
    const auto ticket = log.when(installs("", 1), [] { FAIL("nobody waits"); });
    log.forget(ticket);
    log.arrived(install_at("jira"));
}
