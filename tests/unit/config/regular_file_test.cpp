#include "config/regular_file.hpp"
#include "support.hpp"

#include <sys/stat.h>

using namespace tunnelkeyd::config;
using namespace tunnelkeyd::config::testing;

TEST_CASE("a regular file is read through symbolic links, as Kubernetes mounts secrets") {
    const scratch files;
    files.write("data", "content");
    std::filesystem::create_symlink("data", files.path("link"));
    regular_file file(files.path("link"));
    REQUIRE(file.problem().empty());
    CHECK(file.size() == 7);
    CHECK_FALSE(file.readable_by_everybody());
    char bytes[16] = {};
    CHECK(file.read(bytes, 4) == 4);
    CHECK(file.read(bytes, sizeof bytes) == 3);
    CHECK(std::string(bytes, 3) == "ent");
}

TEST_CASE("what is no regular file is refused without waiting for it") {
    const scratch files;
    REQUIRE(::mkfifo(files.path("fifo").c_str(), 0600) == 0);
    CHECK(regular_file(files.path("fifo")).problem() == "Not a regular file");
    CHECK(regular_file(files.path("")).problem() == "Not a regular file");
    CHECK(regular_file("/dev/null").problem() == "Not a regular file");
    CHECK(regular_file(files.path("absent")).problem() == "No such file or directory");
    std::filesystem::create_symlink("loop", files.path("loop"));
    CHECK(regular_file(files.path("loop")).problem() == "Too many levels of symbolic links");
}
