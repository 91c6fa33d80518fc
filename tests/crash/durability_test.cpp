#include "crash/durability.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <string>
#include <vector>

using namespace tunnelkeyd::crash;

// A rotation as strace shows it, shortened; and the same doctored, so that it must be rejected.

namespace {

using lines = std::vector<std::string>;

const std::string record = "\\x17\\x03\\x03\\x00\\x40ffffffffffffffffffffffffffffffffffffffff";
const std::string goodbye = "\\x17\\x03\\x03\\x00\\x13fffffffffffffffffff";
const std::string cloud = "<TCP:[127.0.0.1:50001->127.0.0.1:8443]>";
const std::string instance = "<TCP:[127.0.0.1:50002->127.0.0.1:9443]>";

std::string send(const std::string& to, const std::string& bytes) {
    return "1 sendmsg(9" + to + ", {msg_iov=[{iov_base=\"" + bytes + "\"}]}, MSG_NOSIGNAL) = 69";
}

std::string receive(const std::string& from) {
    return "1 recvmsg(9" + from + ", {msg_iov=[{iov_base=\"" + record + "\"}]}, 0) = 69";
}

const std::string write = "2 pwrite64(12</state/state.db-wal>, \"sealed\", 6, 0) = 6";
const std::string sync = "2 fdatasync(12</state/state.db-wal>) = 0";

/// Shaking hands, preflight, intent, regenerate, sealed key, install.
lines good() {
    return {
        send(cloud, "\\x16\\x03\\x01hello"),
        receive(cloud),
        send(cloud, "\\x14\\x03\\x03\\x00\\x01\\x01" + record),
        send(cloud, record),  // 3: read_organization
        receive(cloud),
        send(instance, "\\x16\\x03\\x01hello"),
        receive(instance),
        send(instance, record),  // 7: status
        receive(instance),
        write,  // 9: the intent
        sync,
        send(cloud, record),  // 11: regenerate
        receive(cloud),
        write,  // 13: the key
        sync,
        send(instance, record),  // 15: install
        receive(instance),
        write,  // 17: done
        sync,
        send(cloud, goodbye),
    };
}

std::vector<std::string> judge(const lines& trace) {
    std::string text;
    for (const auto& line : trace)
        text += line + "\n";
    traced_rotation seen;
    seen.calls = parse_trace(text);
    seen.log_file = "/state/state.db-wal";
    seen.cloud = {8443, {"read_organization", "regenerate"}};
    seen.instance = {9443, {"status", "install"}};
    return problems_of_order(seen);
}

lines without(lines trace, std::size_t at) {
    trace.erase(trace.begin() + static_cast<std::ptrdiff_t>(at));
    return trace;
}

lines swapped(lines trace, std::size_t one, std::size_t other) {
    std::swap(trace.at(one), trace.at(other));
    return trace;
}

lines with(lines trace, std::size_t at, const std::string& line) {
    trace.at(at) = line;
    return trace;
}

std::vector<std::string> leaks(const std::string& line) {
    return problems_of_secrecy(parse_trace(line + "\n"), {"s3cr3t-key"});
}

using Catch::Contains;

}  // namespace

TEST_CASE("a trace in which each sync comes first is accepted") {
    CHECK(judge(good()).empty());
}

TEST_CASE("a trace without the intent's sync is rejected") {
    const auto problems = judge(without(good(), 10));
    REQUIRE(problems.size() == 1);
    CHECK_THAT(problems[0], Contains("the regenerate in line 11 left before"));
}

TEST_CASE("a trace without the sealed key's sync is rejected") {
    const auto problems = judge(without(good(), 14));
    REQUIRE(problems.size() == 1);
    CHECK_THAT(problems[0], Contains("the install in line 15 left before"));
}

TEST_CASE("a trace in which a sync comes behind the request is rejected") {
    CHECK(judge(swapped(good(), 10, 11)).size() == 1);
    CHECK(judge(swapped(good(), 14, 15)).size() == 1);
}

TEST_CASE("a trace in which a sync has begun but not ended before the request is rejected") {
    auto trace = good();
    trace[10] = "2 fdatasync(12</state/state.db-wal> <unfinished ...>";
    trace.insert(trace.begin() + 12, "2 <... fdatasync resumed>) = 0");
    CHECK(judge(trace).size() == 1);
}

TEST_CASE("a trace in which a sync fails is rejected") {
    CHECK(
        judge(with(good(), 10, "2 fdatasync(12</state/state.db-wal>) = -1 EIO (Input/output error)")).size() ==
        1);
}

TEST_CASE("a trace in which another file is synced is rejected") {
    CHECK(judge(with(good(), 14, "2 fdatasync(11</state/state.db>) = 0")).size() == 1);
}

TEST_CASE("a trace in which something is written behind the sync is rejected") {
    CHECK(judge(swapped(good(), 9, 10)).size() == 1);
    CHECK(judge(swapped(good(), 13, 14)).size() == 1);
}

TEST_CASE("a trace in which nothing is written before the request is rejected") {
    const auto problems = judge(without(good(), 13));
    REQUIRE(problems.size() == 1);
    CHECK_THAT(problems[0], Contains("nothing was written"));
}

TEST_CASE("a trace in which the requests cannot be told apart is rejected") {
    CHECK_FALSE(judge(without(good(), 3)).empty());
    CHECK_FALSE(judge({}).empty());
}

TEST_CASE("a key that is written to a file is found, also in hex and among other bytes") {
    CHECK(leaks("1 pwrite64(12</state/state.db-wal>, \"ab s3cr3t-key cd\", 16, 0) = 16").size() == 1);
    CHECK(leaks("1 write(2</daemon.log>, \"{\\\"key\\\":\\\"s3cr3t-key\\\"}\\n\", 20) = 20").size() == 1);
    CHECK(leaks("1 writev(3</x>, [{iov_base=\"7333637233742d6b6579\", iov_len=20}], 1) = 20").size() == 1);
    CHECK(
        leaks("1 pwrite64(3</x>, \"\\x73\\x33\\x63\\x72\\x33\\x74\\x2d\\x6b\\x65\\x79\", 10, 0) = 10").size() ==
        1);
}

TEST_CASE("a key in memory, on a socket or in what is read is not in a file") {
    CHECK(leaks("1 write(7<TCP:[127.0.0.1:1->127.0.0.1:2]>, \"s3cr3t-key\", 10) = 10").empty());
    CHECK(leaks("1 write(7<pipe:[123]>, \"s3cr3t-key\", 10) = 10").empty());
    CHECK(leaks("1 read(7</secrets/token>, \"s3cr3t-key\", 10) = 10").empty());
    CHECK(leaks("1 pwrite64(12</state/state.db-wal>, \"sealed\", 6, 0) = 6").empty());
}

TEST_CASE("a trace that cannot show everything that is written is rejected") {
    CHECK(leaks("1 pwrite64(12</state/state.db-wal>, \"sea\"..., 60, 0) = 60").size() == 1);
    CHECK(
        leaks("1 mmap(NULL, 4096, PROT_READ|PROT_WRITE, MAP_SHARED, 11</state/state.db>, 0) = 0x7f00").size() ==
        1);
    CHECK(
        leaks("1 mmap(NULL, 4096, PROT_READ|PROT_WRITE, MAP_SHARED, 13</s/state.db-shm>, 0) = 0x7f00").empty());
}
