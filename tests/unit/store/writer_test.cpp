#include "fixture.hpp"
#include "store/writer.hpp"

#include <SQLiteCpp/SQLiteCpp.h>
#include <catch2/catch.hpp>

#include <algorithm>
#include <thread>

using namespace tunnelkeyd;
using namespace tunnelkeyd::store_tests;

namespace {

using Catch::Matchers::Contains;

core::tunnel_record poisoned_record(int number) {
    auto record = full_record(number);
    record.key->key = std::make_shared<const core::secret>(std::string(2'000'000, 'k'));
    return record;
}

}  // namespace

TEST_CASE("writes that wait together share one commit and one turn of the loop") {
    const temporary_directory directory;
    opened_store opened(directory.path());
    int done = 0;
    for (int i = 0; i < 64; ++i)
        opened.store.save(full_record(i), ended_at(i),
                          [&](const std::string& error) { done += error.empty(); });
    CHECK(done == 0);
    REQUIRE(opened.events.run_until([&] { return done > 0; }));
    CHECK(done == 64);
    CHECK(opened.events.turns() == 2);  // one woke the writer, one called the handlers
    const auto counted = opened.store.statistics();
    CHECK(counted.commits == 1);
    CHECK(counted.writes == 64);
    CHECK(counted.failures == 0);
    CHECK(opened.store.load().size() == 64);
}

TEST_CASE("writers that each ask again when they are answered stay together") {
    const temporary_directory directory;
    opened_store opened(directory.path());
    int answered = 0;
    std::function<void(int)> save = [&](int tunnel) {
        opened.store.save(full_record(tunnel), std::nullopt, [&, tunnel](const std::string&) {
            if (++answered <= 64 * 9)
                save(tunnel);
        });
    };
    for (int i = 0; i < 64; ++i)
        save(i);
    REQUIRE(opened.events.run_until([&] { return answered == 64 * 10; }));
    CHECK(opened.store.statistics().commits == 10);
}

TEST_CASE("writes of one tunnel take effect in their order") {
    const temporary_directory directory;
    opened_store opened(directory.path());
    std::vector<int> order;
    for (int i = 0; i < 300; ++i) {
        auto record = i % 2 == 0 ? full_record() : bare_record();
        record.failures = static_cast<unsigned>(i);
        opened.store.save(record, ended_at(i), [&order, i](const std::string&) { order.push_back(i); });
        if (i % 7 == 0) {
            const auto answered = order.size();
            REQUIRE(opened.events.run_until([&] { return order.size() > answered; }));
        }
    }
    REQUIRE(opened.events.run_until([&] { return order.size() == 300; }));
    CHECK(std::is_sorted(order.begin(), order.end()));
    CHECK(opened.store.load().at(0).failures == 299);
    const auto history = opened.store.history(numbered(1), 300);
    for (int i = 0; i < 300; ++i)
        CHECK(history.at(static_cast<std::size_t>(i)).ended_at == at(299 - i));
}

TEST_CASE("a write that cannot be done fails alone") {
    const temporary_directory directory;
    opened_store opened(directory.path());
    std::vector<std::string> answers;
    const auto answer = [&](const std::string& error) { answers.push_back(error); };
    opened.store.save(full_record(1), std::nullopt, answer);
    opened.store.save(poisoned_record(2), ended_at(2), answer);
    opened.store.save(full_record(3), std::nullopt, answer);
    opened.store.save(poisoned_record(1), std::nullopt, answer);
    opened.store.save(full_record(4), ended_at(4), answer);
    REQUIRE(opened.events.run_until([&] { return answers.size() == 5; }));
    CHECK(answers[0].empty());
    CHECK(answers[1] == "not stored: the key is longer than 1 MiB");
    CHECK(answers[2].empty());
    CHECK(answers[3] == answers[1]);
    CHECK(answers[4].empty());
    const auto counted = opened.store.statistics();
    CHECK(counted.commits == 1);
    CHECK(counted.writes == 3);
    CHECK(counted.failures == 2);
    const auto loaded = opened.store.load();
    REQUIRE(loaded.size() == 3);
    CHECK(same(loaded[0], full_record(1)));
    CHECK(opened.store.history(numbered(2), 1).empty());
    CHECK(opened.store.history(numbered(4), 5).size() == 1);
}

TEST_CASE("a failure that is nobody's own fails the transaction, and nothing of it is kept") {
    const temporary_directory directory;
    opened_store opened(directory.path());
    REQUIRE(opened.save(full_record(1)) == "");
    {
        SQLite::Database other(directory / "state.db", SQLite::OPEN_READWRITE);
        other.exec("ALTER TABLE history RENAME TO elsewhere");
    }
    std::vector<std::string> answers;
    const auto answer = [&](const std::string& error) { answers.push_back(error); };
    opened.store.save(full_record(2), std::nullopt, answer);
    opened.store.save(full_record(3), ended_at(3), answer);
    REQUIRE(opened.events.run_until([&] { return answers.size() == 2; }));
    CHECK_THAT(answers[0], Contains("no such table: main.history") || Contains("no such table: history"));
    CHECK(answers[0] == answers[1]);
    CHECK(opened.store.load().size() == 1);
    CHECK(opened.store.statistics().failures == 2);
    {
        SQLite::Database other(directory / "state.db", SQLite::OPEN_READWRITE);
        other.exec("ALTER TABLE elsewhere RENAME TO history");
    }
    CHECK(opened.save(full_record(3), ended_at(3)) == "");
    CHECK(opened.store.load().size() == 2);
}

TEST_CASE("a store that is closed writes what waits, and the handlers are still called") {
    const temporary_directory directory;
    loop events;
    int done = 0;
    {
        store::state_store closing(
            {directory.path(), std::nullopt, events.poster(), [] { return core::steady_time(); }});
        for (int i = 0; i < 5; ++i)
            closing.save(full_record(i), std::nullopt,
                         [&](const std::string& error) { done += error.empty(); });
    }
    CHECK(done == 0);
    REQUIRE(events.run_until([&] { return done == 5; }));
    CHECK(opened_store(directory.path()).store.load().size() == 5);
}

TEST_CASE("once nothing is written for a second, the write-ahead log is folded in and empty") {
    const temporary_directory directory;
    opened_store opened(directory.path());
    REQUIRE(opened.save(full_record()) == "");
    REQUIRE(opened.save(bare_record()) == "");
    REQUIRE(std::filesystem::file_size(directory / "state.db-wal") > 0);
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (std::filesystem::file_size(directory / "state.db-wal") > 0 &&
           std::chrono::steady_clock::now() < deadline)
        std::this_thread::yield();
    CHECK(std::filesystem::file_size(directory / "state.db-wal") == 0);
}

TEST_CASE("the sealed bytes of a key that was erased are gone from the files when the log is folded in") {
    const temporary_directory directory;
    std::string sealed;
    {
        opened_store opened(directory.path());
        REQUIRE(opened.save(full_record()) == "");
        SQLite::Database reader(directory / "state.db");
        sealed = reader.execAndGet("SELECT key_sealed FROM tunnel").getString();
        REQUIRE(sealed.size() > 29);
        CHECK(all_bytes(directory.path()).find(sealed) != std::string::npos);
        REQUIRE(opened.save(bare_record()) == "");
    }
    CHECK(all_bytes(directory.path()).find(sealed) == std::string::npos);
}
