#include "fixture.hpp"

#include <catch2/catch.hpp>
#include <dlfcn.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sqlite3.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <iostream>
#include <optional>
#include <string_view>

using namespace tunnelkeyd;
using namespace tunnelkeyd::store_tests;

namespace {

std::atomic<bool> syncs_fail = false;

}  // namespace

/// SQLite's calls come here, in place of the C library's.
extern "C" int fdatasync(int file) {
    if (syncs_fail) {
        errno = EIO;
        return -1;
    }
    using function = int (*)(int);
    static const auto real = reinterpret_cast<function>(::dlsym(RTLD_NEXT, "fdatasync"));
    return real(file);
}

namespace {

using Catch::Matchers::Contains;

/// Saves, tells `told` as soon as the handler is called, and waits to be killed.
[[noreturn]] void save_and_wait(const std::string& directory, int told) {
    try {
        opened_store opened(directory);
        opened.store.save(full_record(), ended_at(1), [told](const std::string& error) {
            if (!error.empty() || ::write(told, "x", 1) != 1)
                ::_exit(1);
            for (;;)
                ::pause();
        });
        opened.events.run_until([] { return false; });
    } catch (...) {
    }
    ::_exit(1);
}

/// A file system of 1 MiB that is gone with the process, whatever becomes of the test.
class tiny_disk {
public:
    explicit tiny_disk(std::string path) : path_(std::move(path)) {
        mounted_ = ::unshare(CLONE_NEWNS) == 0 &&
                   ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
                   ::mount("tmpfs", path_.c_str(), "tmpfs", 0, "size=1m,mode=700") == 0;
    }
    ~tiny_disk() {
        if (mounted_)
            ::umount2(path_.c_str(), MNT_DETACH);
    }
    tiny_disk(const tiny_disk&) = delete;
    tiny_disk& operator=(const tiny_disk&) = delete;
    explicit operator bool() const noexcept { return mounted_; }

private:
    std::string path_;
    bool mounted_ = false;
};

/// No file may grow beyond `size`, while this lives.
class file_size_limit {
public:
    explicit file_size_limit(rlim_t size) : signal_(::signal(SIGXFSZ, SIG_IGN)) {
        ::getrlimit(RLIMIT_FSIZE, &before_);
        const rlimit limit{size, before_.rlim_max};
        ::setrlimit(RLIMIT_FSIZE, &limit);
    }
    ~file_size_limit() {
        ::setrlimit(RLIMIT_FSIZE, &before_);
        ::signal(SIGXFSZ, signal_);
    }
    file_size_limit(const file_size_limit&) = delete;
    file_size_limit& operator=(const file_size_limit&) = delete;

private:
    rlimit before_{};
    sighandler_t signal_;
};

/// While this lives SQLite cannot open state.db for writing, as if no descriptor were left.
class no_descriptor_to_write {
public:
    no_descriptor_to_write() { replace(reinterpret_cast<sqlite3_syscall_ptr>(refuse)); }
    ~no_descriptor_to_write() { replace(nullptr); }
    no_descriptor_to_write(const no_descriptor_to_write&) = delete;
    no_descriptor_to_write& operator=(const no_descriptor_to_write&) = delete;

private:
    static void replace(sqlite3_syscall_ptr open) {
        auto* const files = sqlite3_vfs_find(nullptr);
        files->xSetSystemCall(files, "open", open);
    }
    static int refuse(const char* path, int flags, int mode) {
        if ((flags & O_ACCMODE) == O_RDWR && std::string_view(path).ends_with("state.db")) {
            errno = EMFILE;
            return -1;
        }
        return ::open(path, flags, mode);
    }
};

core::tunnel_record large_record() {
    auto record = full_record();
    record.last_error = std::string(400'000, 'x');
    return record;
}

/// Tunnel 1 is as it was saved first, with one line of history.
void check_untouched(const opened_store& opened) {
    const auto loaded = opened.store.load();
    REQUIRE(loaded.size() == 1);
    CHECK(same(loaded[0], full_record()));
    CHECK(opened.store.history(numbered(1), 10).size() == 1);
}

}  // namespace

TEST_CASE("what a handler was told to be saved survives SIGKILL") {
    const temporary_directory directory;
    int ends[2] = {};
    REQUIRE(::pipe(ends) == 0);
    const auto child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0)
        save_and_wait(directory.path(), ends[1]);
    ::close(ends[1]);
    char told = 0;
    CHECK(::read(ends[0], &told, 1) == 1);
    ::close(ends[0]);
    CHECK(store_tests::refusal(directory.path()).kind() == store::error_kind::locked);
    ::kill(child, SIGKILL);
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    CHECK(WIFSIGNALED(status));

    const opened_store opened(directory.path());
    check_untouched(opened);
}

TEST_CASE("a full disk is reported, leaves nothing half-written, and is forgotten when space returns") {
    const temporary_directory parent;
    const auto directory = parent / "disk";
    std::filesystem::create_directory(directory);
    const tiny_disk disk(directory);
    if (!disk) {
        std::cout << "skipped: mounting a small file system takes root, and no chroot\n";
        return;
    }
    opened_store opened(directory);
    REQUIRE(opened.save(full_record(), ended_at(1)) == "");
    write_file(directory + "/filler", std::string(1'000'000, 'f'));

    for (int i = 0; i < 3; ++i)
        CHECK_THAT(opened.save(large_record(), ended_at(2)),
                   Contains(directory + "/state.db") && Contains("free some space"));
    CHECK(opened.store.statistics().failures == 3);

    std::filesystem::remove(directory + "/filler");
    check_untouched(opened);
    CHECK(opened.probe() == "");
    CHECK(opened.save(large_record(), ended_at(2)) == "");
    CHECK(same(opened.store.load().at(0), large_record()));
    CHECK(opened.store.history(numbered(1), 10).size() == 2);
}

TEST_CASE("a write that the system cuts short is reported, leaves nothing half-written, and is forgotten") {
    const temporary_directory directory;
    opened_store opened(directory.path());
    REQUIRE(opened.save(full_record(), ended_at(1)) == "");
    {
        const file_size_limit limit(100'000);
        for (int i = 0; i < 3; ++i)
            CHECK_THAT(opened.save(large_record(), ended_at(2)),
                       Contains(directory / "state.db") && Contains("check the disk, its quota"));
        check_untouched(opened);
    }
    CHECK(opened.save(large_record(), ended_at(2)) == "");
    CHECK(same(opened.store.load().at(0), large_record()));
    CHECK(opened.store.history(numbered(1), 10).size() == 2);
}

TEST_CASE("a sync that fails is reported, and what it was for is not found later") {
    const temporary_directory directory;
    const temporary_directory crashed;
    {
        opened_store opened(directory.path());
        REQUIRE(opened.save(full_record(), ended_at(1)) == "");
        syncs_fail = true;
        const auto error = opened.save(full_record(2), ended_at(2));
        syncs_fail = false;
        CHECK_THAT(error, Contains("disk I/O error") && Contains("check the disk"));
        check_untouched(opened);
        CHECK(opened.save(full_record(3)) == "");
        for (const char* name : {"state.db", "state.db-wal", "sealing.key"})
            std::filesystem::copy(directory / name, crashed / name);
    }
    const opened_store opened(crashed.path());
    const auto loaded = opened.store.load();
    REQUIRE(loaded.size() == 2);
    CHECK(same(loaded[1], full_record(3)));
    CHECK(std::filesystem::file_size(crashed / "state.db-wal") == 0);
}

TEST_CASE(
    "a store that could be opened for reading only is written to as soon as it can be opened for writing") {
    const temporary_directory directory;
    REQUIRE(opened_store(directory.path()).save(full_record(), ended_at(1)) == "");
    std::optional<no_descriptor_to_write> shortage(std::in_place);
    opened_store opened(directory.path());
    check_untouched(opened);
    CHECK_THAT(opened.save(full_record(2)), Contains("readonly") && Contains(directory / "state.db"));
    CHECK_THAT(opened.probe(), Contains("readonly"));
    shortage.reset();
    CHECK(opened.save(full_record(2)) == "");
    CHECK(opened.store.load().size() == 2);
}
