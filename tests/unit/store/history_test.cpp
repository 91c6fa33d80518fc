#include "fixture.hpp"
#include "store/record_writer.hpp"

#include <catch2/catch.hpp>

using namespace tunnelkeyd;
using namespace tunnelkeyd::store_tests;

TEST_CASE("a line of the history comes back as it was saved") {
    const temporary_directory directory;
    opened_store opened(directory.path());
    const core::history_entry refused{
        core::reason::confirm, at(1), at(2), core::duration(0), 4, 5, core::outcome::refused,
        "the cloud said 403"};
    REQUIRE(opened.save(bare_record(), refused) == "");
    REQUIRE(opened.save(bare_record(), ended_at(3)) == "");
    const auto history = opened.store.history(numbered(1), 10);
    REQUIRE(history.size() == 2);
    CHECK(same(history[0], ended_at(3)));
    CHECK(same(history[1], refused));
}

TEST_CASE("every reason and outcome can be kept") {
    const temporary_directory directory;
    opened_store opened(directory.path());
    auto entry = ended_at(1);
    for (const auto how : {core::outcome::installed, core::outcome::refused, core::outcome::preflight_failed,
                           core::outcome::store_failed, core::outcome::manual, core::outcome::revealed,
                           core::outcome::discarded})
        for (const auto why : {core::reason::scheduled, core::reason::catch_up, core::reason::first,
                               core::reason::manual, core::reason::confirm}) {
            entry.how = how;
            entry.why = why;
            REQUIRE(opened.save(bare_record(), entry) == "");
            CHECK(same(opened.store.history(numbered(1), 1).at(0), entry));
        }
}

TEST_CASE("the history keeps the last 1,000 of each tunnel") {
    const temporary_directory directory;
    opened_store opened(directory.path());
    REQUIRE(opened.save(bare_record(2), ended_at(-1)) == "");
    for (int i = 0; i < 1'005; ++i)
        opened.store.save(bare_record(1), ended_at(i), [](const std::string&) {});
    REQUIRE(opened.save(bare_record(1)) == "");

    const auto history = opened.store.history(numbered(1), SIZE_MAX);
    REQUIRE(history.size() == 1'000);
    CHECK(same(history.front(), ended_at(1'004)));
    CHECK(same(history.back(), ended_at(5)));
    CHECK(opened.store.history(numbered(1), 3).size() == 3);
    CHECK(opened.store.history(numbered(1), 0).empty());
    CHECK(opened.store.history(numbered(2), 10).size() == 1);
    CHECK(opened.store.history(numbered(3), 10).empty());
}
