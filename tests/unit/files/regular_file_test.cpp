#include "files/regular_file.hpp"
#include "support/temporary_directory.hpp"

#include <catch2/catch.hpp>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <string>

using tunnelkeyd::files::regular_file;
using tunnelkeyd::support::temporary_directory;
namespace fs = std::filesystem;

namespace {

void write(const std::string& path, std::string_view content) {
    std::ofstream(path, std::ios::binary | std::ios::app) << content;
}

}  // namespace

TEST_CASE("a regular file is read through symbolic links, as Kubernetes mounts secrets") {
    const temporary_directory files;
    write(files / "data", "content");
    fs::create_symlink("data", files / "link");
    regular_file file(files / "link");
    REQUIRE(file.problem().empty());
    CHECK(file.size() == 7);
    char bytes[16] = {};
    CHECK(file.read(bytes, 4) == 4);
    CHECK(file.read(bytes, sizeof bytes) == 3);
    CHECK(std::string(bytes, 3) == "ent");
    CHECK(file.read(bytes, sizeof bytes) == 0);
    CHECK(file.problem().empty());
}

TEST_CASE("what is no regular file is refused without waiting for it") {
    const temporary_directory files;
    REQUIRE(::mkfifo((files / "fifo").c_str(), 0600) == 0);
    CHECK(regular_file(files / "fifo").problem() == "Not a regular file");
    CHECK(regular_file(files / "").problem() == "Not a regular file");
    CHECK(regular_file("/dev/null").problem() == "Not a regular file");
    CHECK(regular_file(files / "absent").problem() == "No such file or directory");
    fs::create_symlink("loop", files / "loop");
    CHECK(regular_file(files / "loop").problem() == "Too many levels of symbolic links");
}

TEST_CASE("a file that everybody may read is known as such, whatever its link allows") {
    const temporary_directory files;
    write(files / "data", "content");
    fs::create_symlink("data", files / "link");  // lrwxrwxrwx
    fs::permissions(files / "data", fs::perms(0640));
    CHECK_FALSE(regular_file(files / "link").readable_by_everybody());
    fs::permissions(files / "data", fs::perms(0644));
    CHECK(regular_file(files / "link").readable_by_everybody());
}

TEST_CASE("a file that grows while it is read shows more than its size") {
    const temporary_directory files;
    write(files / "data", "content");
    regular_file file(files / "data");
    write(files / "data", ", more");
    char bytes[32] = {};
    CHECK(file.read(bytes, sizeof bytes) > file.size());
    CHECK(file.size() == 7);
}
