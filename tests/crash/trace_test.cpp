#include "crash/trace.hpp"

#include <catch2/catch.hpp>

#include <stdexcept>

using namespace tunnelkeyd::crash;

TEST_CASE("a call is taken apart into thread, name, arguments and result") {
    const auto calls = parse_trace("17    fdatasync(12</var/lib/x/state.db-wal>) = 0\n");
    REQUIRE(calls.size() == 1);
    CHECK(calls[0].thread == 17);
    CHECK(calls[0].name == "fdatasync");
    CHECK(calls[0].arguments == "12</var/lib/x/state.db-wal>");
    CHECK(calls[0].result == "0");
    CHECK(calls[0].succeeded());
    CHECK(calls[0].begun == 1);
    CHECK(calls[0].ended == 1);
    CHECK(target_of(calls[0]) == "/var/lib/x/state.db-wal");
}

TEST_CASE("without following threads there is no thread in front") {
    const auto calls = parse_trace("getpid() = 5\n+++ exited with 0 +++\n");
    REQUIRE(calls.size() == 1);
    CHECK(calls[0].thread == 0);
    CHECK(calls[0].name == "getpid");
}

TEST_CASE("a call that another thread interrupted ends where it is resumed") {
    const auto calls =
        parse_trace("1 fdatasync(3</a> <unfinished ...>\n"
                    "2 sendmsg(4<TCP:[127.0.0.1:1->127.0.0.1:2]>, {}, 0) = 5\n"
                    "1 <... fdatasync resumed>)        = -1 EIO (Input/output error) (INJECTED)\n");
    REQUIRE(calls.size() == 2);
    CHECK(calls[0].begun == 1);
    CHECK(calls[0].ended == 3);
    CHECK_FALSE(calls[0].succeeded());
    CHECK(calls[0].was_injected());
    CHECK(calls[1].begun == 2);
    CHECK(target_of(calls[1]) == "TCP:[127.0.0.1:1->127.0.0.1:2]");
}

TEST_CASE("a call that the end of the process interrupted never ends") {
    const auto calls = parse_trace("1 pwrite64(3</a>, \"x\", 1, 0) = ?\n"
                                   "2 epoll_wait(4, <unfinished ...>\n"
                                   "1 +++ killed by SIGKILL +++\n");
    REQUIRE(calls.size() == 2);
    CHECK(calls[0].ended == traced_call::never);
    CHECK_FALSE(calls[0].succeeded());
    CHECK(calls[1].ended == traced_call::never);
}

TEST_CASE("strings are read whatever way strace escapes them, and do not end the arguments") {
    const auto calls = parse_trace("1 write(2</log>, \"a) = 7 \\\"b\\\"\\n\\0\\33[\\x41\", 99) = 99\n");
    REQUIRE(calls.size() == 1);
    CHECK(calls[0].result == "99");
    CHECK(bytes_of(calls[0]) == std::string("a) = 7 \"b\"\n\0\33[A", 15));
    CHECK_FALSE(is_cut_off(calls[0]));
}

TEST_CASE("the bytes of a message are those of its parts") {
    const auto calls =
        parse_trace("1 sendmsg(4<TCP:[127.0.0.1:1->127.0.0.1:2]>, {msg_name=NULL, msg_namelen=0, "
                    "msg_iov=[{iov_base=\"\\x17\\x03\", iov_len=2}, {iov_base=\"ab\"..., "
                    "iov_len=200}], msg_iovlen=2}, MSG_NOSIGNAL) = 202\n");
    REQUIRE(calls.size() == 1);
    CHECK(bytes_of(calls[0]) == "\x17\x03"
                                "ab");
    CHECK(is_cut_off(calls[0]));
}

TEST_CASE("a file that was deleted still has its name") {
    const auto calls = parse_trace("1 close(13</state.db-shm>(deleted)) = 0\n");
    CHECK(target_of(calls.at(0)) == "/state.db-shm");
}

TEST_CASE("what is not a descriptor has no target") {
    const auto calls = parse_trace("1 openat(AT_FDCWD</tmp>, \"x\", O_RDONLY) = 3</tmp/x>\n1 getpid() = 4\n");
    CHECK(target_of(calls.at(0)).empty());
    CHECK(target_of(calls.at(1)).empty());
}

TEST_CASE("signals and ends of threads are no calls") {
    CHECK(parse_trace("1 --- SIGTERM {si_signo=SIGTERM, si_code=SI_USER} ---\n1 +++ exited with 0 +++\n")
              .empty());
}

TEST_CASE("what strace does not write is refused") {
    CHECK_THROWS_AS(parse_trace("1 no call at all\n"), std::runtime_error);
    CHECK_THROWS_AS(parse_trace("1 write(2, \"x\n"), std::runtime_error);
    CHECK_THROWS_AS(parse_trace("1 <... write resumed>) = 1\n"), std::runtime_error);
}
