#include "fixture.hpp"
#include "store/sealing_key.hpp"

#include <catch2/catch.hpp>
#include <sys/stat.h>

using namespace tunnelkeyd;
using namespace tunnelkeyd::store;
using namespace tunnelkeyd::store_tests;

namespace {

const std::string as_hex = "000102030405060708090a0b0c0d0e0f101112131415161718191A1B1C1D1E1F";
const std::string as_base64 = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

std::string parse_error(const std::string& text) {
    try {
        static_cast<void>(parse_sealing_key(text, "file /etc/key"));
    } catch (const error& refused) {
        CHECK(refused.kind() == error_kind::sealing_key);
        return refused.what();
    }
    return "";
}

}  // namespace

TEST_CASE("a sealing key is read from hex and from base64") {
    std::string bytes;
    for (char byte = 0; byte < 32; ++byte)
        bytes += byte;
    CHECK(parse_sealing_key(as_hex, "").reveal() == bytes);
    CHECK(parse_sealing_key(as_base64, "").reveal() == bytes);
}

TEST_CASE("a text that is not a sealing key is refused with the remedy, and not repeated") {
    for (const auto& text :
         {std::string(), as_hex.substr(2), as_hex + "00", as_hex + "\n", std::string(64, 'g'),
          " " + as_hex.substr(1), as_base64.substr(4), "AAAA" + as_base64,
          as_base64.substr(0, 42) + "==", std::string(44, 'A'), " " + as_base64.substr(1),
          as_base64.substr(0, 20) + "-_" + as_base64.substr(22), std::string(32, 'k')}) {
        const auto message = parse_error(text);
        CAPTURE(text);
        CHECK(message.find("file /etc/key") != std::string::npos);
        CHECK(message.find("openssl rand -hex 32") != std::string::npos);
        CHECK((text.empty() || message.find(text) == std::string::npos));
    }
}

TEST_CASE("a sealing key is made once, for its owner alone") {
    const temporary_directory directory;
    const auto made = read_or_make_sealing_key(directory.path());
    CHECK(made.made);
    CHECK(made.key.size() == 32);
    struct stat found {};
    REQUIRE(::stat((directory / "sealing.key").c_str(), &found) == 0);
    CHECK((found.st_mode & 07777) == 0600);
    CHECK_FALSE(std::filesystem::exists(directory / "sealing.key.new"));

    const auto again = read_or_make_sealing_key(directory.path());
    CHECK_FALSE(again.made);
    CHECK(again.key == made.key);

    const temporary_directory other;
    CHECK_FALSE(read_or_make_sealing_key(other.path()).key == made.key);
}

TEST_CASE("a half-written sealing key of an earlier start is no obstacle") {
    const temporary_directory directory;
    write_file(directory / "sealing.key.new", "0011");
    CHECK(read_or_make_sealing_key(directory.path()).made);
}

TEST_CASE("a sealing key that a person put there may end in a newline") {
    const temporary_directory directory;
    write_file(directory / "sealing.key", as_hex + "\n");
    ::chmod((directory / "sealing.key").c_str(), 0400);
    CHECK(read_or_make_sealing_key(directory.path()).key == parse_sealing_key(as_hex, ""));
}

TEST_CASE("a sealing key that others may use is refused") {
    const temporary_directory directory;
    write_file(directory / "sealing.key", as_hex);
    for (const unsigned mode : {0640u, 0604u, 0620u, 0602u}) {
        ::chmod((directory / "sealing.key").c_str(), mode);
        const auto refused = refusal(directory.path());
        CHECK(refused.kind() == error_kind::sealing_key);
        CHECK(refused.what() == directory / "sealing.key is open to others than its owner: chmod 600 it");
    }
}

TEST_CASE("a malformed, linked or irregular sealing.key is refused, and left alone") {
    const temporary_directory directory;
    const auto path = directory / "sealing.key";
    write_file(path, "");
    ::chmod(path.c_str(), 0600);
    CHECK(refusal(directory.path()).kind() == error_kind::sealing_key);
    CHECK(std::filesystem::file_size(path) == 0);

    std::filesystem::rename(path, directory / "elsewhere");
    std::filesystem::create_symlink(directory / "elsewhere", path);
    CHECK(refusal(directory.path()).kind() == error_kind::sealing_key);

    std::filesystem::remove(path);
    REQUIRE(::mkfifo(path.c_str(), 0600) == 0);
    CHECK(refusal(directory.path()).kind() == error_kind::sealing_key);
    CHECK_FALSE(std::filesystem::exists(directory / "state.db"));
}
