#include "app/certificate_watch.hpp"
#include "support/fake_certificates.hpp"

#include <catch2/catch.hpp>

using namespace tunnelkeyd;
using namespace std::chrono_literals;
using files = std::vector<std::string>;

namespace {

struct fixture {
    void put(const std::string& file, core::duration ends) {
        disk.files[file] = {"CN=rotator", "", core::wall_time(ends)};
    }
    unsigned reads() const {
        unsigned sum = 0;
        for (const auto& [file, count] : disk.reads)
            sum += count;
        return sum;
    }

    const core::steady_time start{1000h};
    tests::fake_certificates disk;
    app::certificate_watch watch{disk};
};

}  // namespace

TEST_CASE_METHOD(fixture,
                 "a file is read at once and then every hour, and told of when it holds something else") {
    put("a", 1h);
    put("b", 2h);
    watch.watch({"a", "b"}, start);
    CHECK(watch.next() == start);
    CHECK(watch.in("a") == nullptr);
    CHECK(watch.look(start) == files{"a", "b"});
    CHECK(watch.next() == start + 1h);
    put("b", 3h);
    CHECK(watch.look(start + 1h - 1ms).empty());
    CHECK(watch.in("b")->not_after == core::wall_time(2h));
    CHECK(watch.look(start + 1h) == files{"b"});
    CHECK(watch.in("b")->not_after == core::wall_time(3h));
    CHECK(watch.look(start + 2h).empty());
    CHECK(reads() == 6);
}

TEST_CASE_METHOD(fixture, "a file that cannot be read says nothing new, and what was known of it stays") {
    watch.watch({"a"}, start);
    CHECK(watch.look(start).empty());
    CHECK(watch.in("a") == nullptr);
    put("a", 1h);
    CHECK(watch.look(start + 1h) == files{"a"});
    disk.files.clear();
    CHECK(watch.look(start + 2h).empty());
    CHECK(watch.in("a")->not_after == core::wall_time(1h));
}

TEST_CASE_METHOD(fixture, "many files are read few at a time, one soon after the other") {
    std::set<std::string> all;
    for (int i = 0; i < 100; ++i)
        all.insert("file" + std::to_string(i));
    watch.watch(all, start);
    unsigned looks = 0;
    for (unsigned before = 0; watch.next() <= start; before = reads(), ++looks) {
        watch.look(start);
        REQUIRE(reads() - before <= 16);
        REQUIRE(reads() > before);
    }
    CHECK(reads() == 100);
    CHECK(looks == 7);
}

TEST_CASE_METHOD(fixture,
                 "with other files, what was known of those that stay is kept, and all are read at once") {
    put("a", 1h);
    put("b", 1h);
    watch.watch({"a", "b"}, start);
    watch.look(start);
    put("c", 1h);
    watch.watch({"b", "c"}, start + 1min);
    CHECK(watch.in("a") == nullptr);
    CHECK(watch.in("b") != nullptr);
    CHECK(watch.look(start + 1min) == files{"c"});
    CHECK(disk.reads["b"] == 2);
    watch.watch({}, start + 2min);
    CHECK_FALSE(watch.next());
}

TEST_CASE_METHOD(fixture, "a file that somebody asks about is read at once, and an unknown one never") {
    put("a", 1h);
    put("z", 1h);
    watch.watch({"a"}, start);
    watch.look(start);
    put("a", 2h);
    watch.hurry("a", start + 1min);
    watch.hurry("z", start + 1min);
    CHECK(watch.look(start + 1min) == files{"a"});
    CHECK(watch.next() == start + 1min + 1h);
    CHECK(disk.reads["z"] == 0);
}
