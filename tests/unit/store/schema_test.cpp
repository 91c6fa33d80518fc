#include "fixture.hpp"
#include "store/schema.hpp"

#include <SQLiteCpp/SQLiteCpp.h>
#include <catch2/catch.hpp>

#include <array>

using namespace tunnelkeyd::store;
using namespace tunnelkeyd::store_tests;

namespace {

constexpr std::array steps{
    migration{1, "CREATE TABLE fruit (name TEXT NOT NULL) STRICT"},
    migration{2, "ALTER TABLE fruit ADD COLUMN weight INTEGER; UPDATE fruit SET weight = length(name)"},
    migration{3, "CREATE INDEX fruit_weight ON fruit (weight)"},
};

int version(SQLite::Database& database) {
    return database.execAndGet("PRAGMA user_version").getInt();
}

}  // namespace

TEST_CASE("an older database is brought to the newest version with what it holds") {
    SQLite::Database database(":memory:", SQLite::OPEN_READWRITE);
    migrate(database, std::span(steps).first(1));
    CHECK(version(database) == 1);
    database.exec("INSERT INTO fruit VALUES ('pear')");
    migrate(database, steps);
    CHECK(version(database) == 3);
    CHECK(database.execAndGet("SELECT weight FROM fruit").getInt() == 4);
    migrate(database, steps);
    CHECK(version(database) == 3);
}

TEST_CASE("a migration that fails half-way leaves the database as it was") {
    SQLite::Database database(":memory:", SQLite::OPEN_READWRITE);
    migrate(database, std::span(steps).first(1));
    auto broken = steps;
    broken[2].sql = "CREATE TABLE more (x INTEGER); CREATE TABLE fruit (x INTEGER)";
    CHECK_THROWS_AS(migrate(database, broken), SQLite::Exception);
    CHECK(version(database) == 1);
    CHECK_FALSE(database.tableExists("more"));
    CHECK_THROWS_AS(database.exec("SELECT weight FROM fruit"), SQLite::Exception);
}

TEST_CASE("the schema's versions ascend from 1") {
    int last = 0;
    for (const auto& step : migrations)
        CHECK(step.version == ++last);
    CHECK(newest_version() == last);
}
