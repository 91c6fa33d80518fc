#include "fixture.hpp"
#include "store/hex.hpp"
#include "store/state_store.hpp"

#include <SQLiteCpp/SQLiteCpp.h>
#include <catch2/catch.hpp>
#include <openssl/evp.h>

using namespace tunnelkeyd;
using namespace tunnelkeyd::store;
using namespace tunnelkeyd::store_tests;

namespace {

using Catch::Matchers::Contains;

/// Saved, closed, and loaded by another store.
core::tunnel_record kept(const core::tunnel_record& record) {
    const temporary_directory directory;
    { REQUIRE(opened_store(directory.path()).save(record) == ""); }
    const auto loaded = opened_store(directory.path()).store.load();
    REQUIRE(loaded.size() == 1);
    return loaded[0];
}

std::string base64(const std::string& bytes) {
    std::string text(bytes.size() * 2 + 4, '\0');
    const int size =
        EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                        reinterpret_cast<const unsigned char*>(bytes.data()), static_cast<int>(bytes.size()));
    text.resize(static_cast<std::size_t>(size));
    return text;
}

/// Without the last group, which depends on what follows.
bool shows(const std::string& bytes, const std::string& key) {
    const auto encoded = base64(key);
    return bytes.find(key) != std::string::npos || bytes.find(to_hex(key)) != std::string::npos ||
           bytes.find(encoded.substr(0, encoded.size() - 4)) != std::string::npos;
}

}  // namespace

TEST_CASE("a record comes back as it was saved, with every optional part and with none") {
    CHECK(same(kept(full_record()), full_record()));
    CHECK(same(kept(bare_record()), bare_record()));
}

TEST_CASE("each optional part of a record is kept by itself") {
    const auto full = full_record();
    const auto check = [](auto&& set) {
        auto record = bare_record();
        set(record);
        CHECK(same(kept(record), record));
    };
    check([&](auto& record) { record.last_success = full.last_success; });
    check([&](auto& record) { record.retry_at = full.retry_at; });
    check([&](auto& record) { record.open = full.open; });
    check([&](auto& record) { record.key = full.key; });
    check([&](auto& record) { record.regenerated_for_rejection_at = full.regenerated_for_rejection_at; });
    check([&](auto& record) { record.last_unanswered_at = full.last_unanswered_at; });
    check([&](auto& record) { record.strays = full.strays; });
    check([&](auto& record) { record.open.emplace(); });
    check([&](auto& record) { record.last_success = core::wall_time(); });
}

TEST_CASE("a later save replaces all of the record") {
    const temporary_directory directory;
    opened_store opened(directory.path());
    for (const auto& record : {full_record(), bare_record(), full_record()}) {
        REQUIRE(opened.save(record) == "");
        const auto loaded = opened.store.load();
        REQUIRE(loaded.size() == 1);
        CHECK(same(loaded[0], record));
    }
}

TEST_CASE("texts from peers may hold any bytes and be long") {
    const std::string strange("'; DROP TABLE tunnel; --\0\xff\xfe\xc0\x80\n", 30);
    auto record = full_record();
    record.id = {strange + "organization", strange};
    record.name = strange;
    record.last_error = std::string(3'000'000, 'x') + strange;
    record.open->instance_url = record.open->settings = strange;
    record.key->name = record.key->on_premise_url = strange;
    CHECK(same(kept(record), record));
}

TEST_CASE("identities that look alike are kept apart") {
    const temporary_directory directory;
    opened_store opened(directory.path());
    for (const auto& id :
         {core::identity{"a", "bc"}, {"ab", "c"}, {"", "abc"}, {std::string("a\0", 2), "bc"}}) {
        auto record = full_record();
        record.id = id;
        REQUIRE(opened.save(record) == "");
    }
    const auto loaded = opened.store.load();
    REQUIRE(loaded.size() == 4);
    for (const auto& record : loaded)
        CHECK(record.key->key);
}

TEST_CASE("a pending key that cannot be unsealed is null, and the rest of the record is intact") {
    const temporary_directory directory;
    { REQUIRE(opened_store(directory.path(), sealing_key_of('a')).save(full_record()) == ""); }
    opened_store opened(directory.path(), sealing_key_of('b'));
    REQUIRE(opened.save(full_record(2)) == "");
    const auto loaded = opened.store.load();
    REQUIRE(loaded.size() == 2);
    auto expected = full_record();
    expected.key->key = nullptr;
    CHECK(same(loaded[0], expected));
    CHECK(same(loaded[1], full_record(2)));
}

TEST_CASE("a sealed key that was copied to another tunnel does not open") {
    const temporary_directory directory;
    {
        opened_store opened(directory.path());
        REQUIRE(opened.save(full_record(1)) == "");
        REQUIRE(opened.save(full_record(2)) == "");
        SQLite::Database(directory / "state.db", SQLite::OPEN_READWRITE)
            .exec("UPDATE tunnel SET key_sealed = (SELECT key_sealed FROM tunnel WHERE id = 1)");
    }
    const auto loaded = opened_store(directory.path()).store.load();
    CHECK(loaded.at(0).key->key);
    CHECK_FALSE(loaded.at(1).key->key);
}

TEST_CASE("saving a key that could not be unsealed keeps its sealed bytes, until another key comes") {
    const temporary_directory directory;
    { REQUIRE(opened_store(directory.path(), sealing_key_of('a')).save(full_record()) == ""); }
    auto record = full_record();
    record.key->key = nullptr;
    record.key->rejections = 5;
    { REQUIRE(opened_store(directory.path(), sealing_key_of('b')).save(record) == ""); }
    {
        opened_store opened(directory.path(), sealing_key_of('a'));
        record.key->key = full_record().key->key;
        CHECK(same(opened.store.load().at(0), record));
        record.key->key = nullptr;
        ++record.key->generation;
        REQUIRE(opened.save(record) == "");
    }
    CHECK(same(opened_store(directory.path(), sealing_key_of('a')).store.load().at(0), record));
}

TEST_CASE("a changed sealing key is a warning, and says how many keys it costs") {
    const temporary_directory directory;
    {
        opened_store opened(directory.path(), sealing_key_of('a'));
        CHECK(opened.store.warnings().empty());
        REQUIRE(opened.save(bare_record()) == "");
    }
    CHECK(opened_store(directory.path(), sealing_key_of('a')).store.warnings().empty());
    {
        opened_store opened(directory.path(), sealing_key_of('b'));
        REQUIRE(opened.store.warnings().size() == 1);
        CHECK_THAT(opened.store.warnings()[0],
                   Contains("credential sealing-key is not the sealing key") && Contains("nothing is lost"));
        REQUIRE(opened.save(full_record()) == "");
    }
    const opened_store opened(directory.path(), sealing_key_of('a'));
    REQUIRE(opened.store.warnings().size() == 1);
    CHECK_THAT(opened.store.warnings()[0], Contains("1 pending key cannot be unsealed"));
}

TEST_CASE("a lost sealing.key is made anew, with a warning if keys were sealed under it") {
    const temporary_directory directory;
    { REQUIRE(opened_store(directory.path()).save(bare_record()) == ""); }
    std::filesystem::remove(directory / "sealing.key");
    {
        opened_store opened(directory.path());
        CHECK(opened.store.warnings().empty());
        REQUIRE(opened.save(full_record(1)) == "");
        REQUIRE(opened.save(full_record(2)) == "");
    }
    std::filesystem::remove(directory / "sealing.key");
    const opened_store opened(directory.path());
    REQUIRE(opened.store.warnings().size() == 1);
    CHECK_THAT(opened.store.warnings()[0],
               Contains("sealing.key was missing") && Contains("2 pending keys cannot be unsealed"));
}

TEST_CASE("a configured sealing key that is malformed is refused before anything is made") {
    const temporary_directory directory;
    const auto refused = refusal(
        directory.path(), configured_sealing_key{std::make_shared<const core::secret>("hunter2"), "file /k"});
    CHECK(refused.kind() == error_kind::sealing_key);
    CHECK_FALSE(std::filesystem::exists(directory / "state.db"));
    CHECK_FALSE(std::filesystem::exists(directory / "sealing.key"));
}

TEST_CASE("no key appears in any file, in any form, while it is pending and after") {
    const temporary_directory directory;
    const std::string key = "u7Jm-security-key-that-nobody-may-read_0123456789";
    auto record = full_record();
    record.key->key = std::make_shared<const core::secret>(key);
    {
        opened_store opened(directory.path(), sealing_key_of('a'));
        for (int i = 0; i < 3; ++i) {
            REQUIRE(opened.save(record) == "");
            CHECK_FALSE(shows(all_bytes(directory.path()), key));
            CHECK_FALSE(shows(all_bytes(directory.path()), std::string(32, 'a')));
            REQUIRE(opened.save(bare_record()) == "");
            CHECK_FALSE(shows(all_bytes(directory.path()), key));
        }
    }
    CHECK_FALSE(shows(all_bytes(directory.path()), key));
    CHECK(shows("..." + base64(key), key));
}

TEST_CASE("the salt is random, and stays") {
    const temporary_directory directory;
    const auto salt = opened_store(directory.path()).store.salt();
    CHECK(opened_store(directory.path()).store.salt() == salt);
    const temporary_directory other;
    CHECK(opened_store(other.path()).store.salt() != salt);
}

TEST_CASE("a probe writes, unless a write succeeded within the last ten seconds") {
    const temporary_directory directory;
    opened_store opened(directory.path());
    const auto commits = [&] { return opened.store.statistics().commits; };
    CHECK(opened.probe() == "");
    CHECK(commits() == 1);
    opened.now += std::chrono::seconds(10);
    CHECK(opened.probe() == "");
    CHECK(commits() == 1);
    opened.now += std::chrono::milliseconds(1);
    CHECK(opened.probe() == "");
    CHECK(commits() == 2);
    opened.now += std::chrono::seconds(9);
    REQUIRE(opened.save(bare_record()) == "");
    opened.now += std::chrono::seconds(9);
    CHECK(opened.probe() == "");
    CHECK(commits() == 3);
}

TEST_CASE("a probe writes if the last write failed, however recent the one before") {
    const temporary_directory directory;
    opened_store opened(directory.path());
    REQUIRE(opened.probe() == "");
    std::filesystem::rename(directory / "state.db", directory / "away");
    CHECK_THAT(opened.save(bare_record()), Contains("state.db is gone"));
    CHECK_THAT(opened.probe(), Contains("state.db is gone"));
    std::filesystem::rename(directory / "away", directory / "state.db");
    CHECK(opened.probe() == "");
    CHECK(opened.save(bare_record()) == "");
}
