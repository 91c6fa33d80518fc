#include "crash/points.hpp"
#include "crash/sweep.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <stdexcept>

using namespace tunnelkeyd::crash;

namespace {

/// Thread 7 is the main one. Thread 8 writes to the store twice, thread 9 once.
recording recorded() {
    recording seen;
    seen.process = 7;
    seen.directory = "/tmp/x";
    seen.calls =
        parse_trace("7 execve(\"/bin/d\", [], 0) = 0\n"
                    "7 openat(AT_FDCWD</>, \"/lib/c.so\", O_RDONLY) = 3</lib/c.so>\n"
                    "7 umask(077) = 022\n"
                    "7 openat(AT_FDCWD</>, \"/tmp/x/config.yaml\", O_RDONLY) = 3</tmp/x/config.yaml>\n"
                    "8 openat(AT_FDCWD</>, \"/tmp/x/state/lock\", O_RDWR|O_CREAT) = 9</tmp/x/state/lock>\n"
                    "8 pwrite64(9</tmp/x/state/lock>, \"\"..., 5, 0) = 5\n"
                    "8 pwrite64(12</tmp/x/state/state.db-wal>, \"\"..., 5, 0) = 5\n"
                    "9 pwrite64(12</tmp/x/state/state.db-wal>, \"\"..., 5, 0) = 5\n"
                    "7 sendmsg(4<socket:[77]>, {}, 0) = 5\n"
                    "9 pwrite64(12</tmp/x/state/state.db-wal>, \"\"..., 5, 0) = 5\n"
                    "9 getpid() = 7\n");
    return seen;
}

std::vector<std::string> names(const std::vector<point>& points) {
    std::vector<std::string> all;
    for (const auto& each : points)
        all.push_back(to_string(each));
    return all;
}

bool contains(const std::vector<std::string>& all, const std::string& one) {
    return std::find(all.begin(), all.end(), one) != all.end();
}

}  // namespace

TEST_CASE("each call is a point, through the first lens in which it is a thread's n-th before any other's") {
    const auto planned = plan_kills(recorded());
    CHECK(names(planned.points) == std::vector<std::string>{
                                       "first/KILL/main/openat/1",
                                       "first/KILL/main/umask/1",
                                       "first/KILL/main/openat/2",
                                       "first/KILL/store/openat/1",
                                       "first/KILL/all/pwrite64/1",
                                       "first/KILL/all/pwrite64/2",
                                       "first/KILL/main/sendmsg/1",
                                       "first/KILL/state:state.db-wal/pwrite64/2",
                                       "first/KILL/all/getpid/1",
                                   });
    CHECK(planned.points[4].target == "state/lock");
    CHECK_FALSE(planned.points[4].main_thread);
    CHECK(planned.points[6].target == "socket");
    CHECK(planned.points[6].main_thread);
}

TEST_CASE("a call to which no lens leads is counted as recorded and not as reachable") {
    const auto planned = plan_kills(recorded());
    const auto& writes = planned.counts.at({"KILL", "pwrite64"});
    CHECK(writes.recorded == 4);
    CHECK(writes.reachable == 3);
    REQUIRE(planned.out_of_reach.size() == 1);
    CHECK(planned.out_of_reach[0].call == "pwrite64");
    CHECK(planned.out_of_reach[0].n == 1);
}

TEST_CASE("what comes before the store is opened is swept in the first scenario only") {
    auto seen = recorded();
    seen.from = scenario::sealed;
    const auto planned = plan_kills(seen);
    REQUIRE_FALSE(planned.points.empty());
    CHECK(to_string(planned.points[0]) == "sealed/KILL/store/openat/1");
}

TEST_CASE("a call fails with what it can fail with in reality, and the dynamic loader's calls do not fail") {
    const auto all = names(plan_errors(recorded()).points);
    CHECK_FALSE(contains(all, "first/EIO/main/openat/1"));
    CHECK(contains(all, "first/EMFILE/main/openat/2"));
    CHECK_FALSE(contains(all, "first/ENOSPC/main/openat/2"));
    CHECK(contains(all, "first/ENOSPC/store/openat/1"));
    CHECK(contains(all, "first/ENOSPC/all/pwrite64/2"));
    CHECK(contains(all, "first/ECONNRESET/main/sendmsg/1"));
    CHECK_FALSE(contains(all, "first/EIO/main/sendmsg/1"));
}

TEST_CASE("what epoll_ctl fails with is no memory to watch a socket") {
    auto seen = recorded();
    const auto add = [&](const std::string& line) { seen.calls.push_back(parse_trace(line).at(0)); };
    add("7 epoll_ctl(5<anon_inode:[eventpoll]>, EPOLL_CTL_ADD, 6<pipe:[8]>, {}) = 0\n");
    add("7 epoll_ctl(5<anon_inode:[eventpoll]>, EPOLL_CTL_ADD, 7<socket:[9]>, {}) = 0\n");
    add("7 epoll_ctl(5<anon_inode:[eventpoll]>, EPOLL_CTL_MOD, 7<socket:[9]>, {}) = 0\n");
    const auto all = names(plan_errors(seen).points);
    CHECK_FALSE(contains(all, "first/ENOMEM/main/epoll_ctl/1"));
    CHECK(contains(all, "first/ENOMEM/main/epoll_ctl/2"));
    CHECK_FALSE(contains(all, "first/ENOMEM/main/epoll_ctl/3"));
}

TEST_CASE("a point's name says all that is needed to strike there again") {
    const auto at = parse_point("intent/EIO+/state:state.db-wal/pwrite64/12");
    CHECK(at.from == scenario::intent);
    CHECK(at.what == "EIO+");
    CHECK(at.through == "state/state.db-wal");
    CHECK(at.call == "pwrite64");
    CHECK(at.n == 12);
    CHECK(to_string(at) == "intent/EIO+/state:state.db-wal/pwrite64/12");
    CHECK_THROWS_AS(parse_point("nowhere/KILL/main/write/1"), std::invalid_argument);
    CHECK_THROWS_AS(parse_point("first/KILL/main"), std::invalid_argument);
}

TEST_CASE("the call that was struck is the n-th of whichever thread came to it first") {
    const auto at = parse_point("first/KILL/all/pwrite64/2");
    const auto calls = recorded().calls;
    const auto* struck = struck_call(calls, at);
    REQUIRE(struck != nullptr);
    CHECK(struck->thread == 8);
    CHECK(struck_call(calls, parse_point("first/KILL/all/pwrite64/3")) == nullptr);
}

TEST_CASE("a sample is spread over all points and never larger than they are") {
    std::vector<point> points(100);
    for (unsigned i = 0; i < points.size(); ++i)
        points[i].n = i;
    const auto taken = sample(points, 4);
    REQUIRE(taken.size() == 4);
    CHECK(taken[0].n == 12);
    CHECK(taken[1].n == 37);
    CHECK(taken[2].n == 62);
    CHECK(taken[3].n == 87);
    CHECK(sample(points, 1000).size() == 100);
    CHECK(sample({}, 10).empty());
}
