#include "crash/durability.hpp"

#include "store/hex.hpp"

#include <algorithm>
#include <set>
#include <string_view>

namespace tunnelkeyd::crash {

namespace {

bool is_one_of(const std::string& name, const std::set<std::string_view>& names) {
    return names.contains(name);
}

bool is_write(const traced_call& call) {
    return is_one_of(call.name, {"write", "writev", "pwrite64", "pwritev", "pwritev2"});
}

bool is_sync(const traced_call& call) {
    return is_one_of(call.name, {"fsync", "fdatasync"});
}

bool is_connected_to(const traced_call& call, std::uint16_t port) {
    const auto target = target_of(call);
    return target.starts_with("TCP") && target.ends_with(":" + std::to_string(port) + "]");
}

/// Sent as a record of application data (23), and not the alert that says goodbye (two bytes, encrypted). The
/// handshake's last message goes out behind a change of cipher (20), or is a record of its own kind (22).
bool is_request(const traced_call& call) {
    constexpr std::size_t head = 5;
    constexpr std::size_t alert = 2 + 1 + 16;
    if (!is_one_of(call.name, {"sendmsg", "sendto", "write", "writev"}))
        return false;
    const auto bytes = bytes_of(call);
    return bytes.size() > head + alert && bytes[0] == 23 && bytes[1] == 3;
}

bool is_received(const traced_call& call) {
    return is_one_of(call.name, {"recvmsg", "recvfrom", "read", "readv"}) && call.succeeded() &&
           call.result != "0";
}

/// A request on its way, as the trace shows it.
struct sent_request {
    std::string what;
    std::string connection;
    std::size_t at;
};

class order {
public:
    explicit order(const traced_rotation& seen) : seen_(seen) {}

    std::vector<std::string> judge() {
        find_requests("the cloud", seen_.cloud);
        find_requests("the instance", seen_.instance);
        for (const auto& request : sent_)
            if (request.what == "regenerate" || request.what == "install")
                judge(request);
        for (const char* what : {"regenerate", "install"})
            if (std::none_of(sent_.begin(), sent_.end(), [&](const auto& each) { return each.what == what; }))
                problems_.push_back(std::string("there is no ") + what + " in the trace");
        return std::move(problems_);
    }

private:
    void find_requests(const std::string& whom, const peer_requests& peer) {
        std::size_t found = 0;
        for (const auto& call : seen_.calls)
            if (is_connected_to(call, peer.port) && is_request(call) && ++found <= peer.calls.size())
                sent_.push_back({peer.calls[found - 1], target_of(call), call.begun});
        if (found != peer.calls.size())
            problems_.push_back("the trace shows " + std::to_string(found) + " requests to " + whom +
                                ", which received " + std::to_string(peer.calls.size()));
    }

    void judge(const sent_request& request) {
        const auto answered = last_answer_before(request.at);
        std::size_t written = 0;
        for (const auto& call : seen_.calls)
            if (is_write(call) && target_of(call) == seen_.log_file && call.begun > answered &&
                call.begun < request.at)
                written = std::max(written, call.ended);
        const auto name = "the " + request.what + " in line " + std::to_string(request.at);
        if (written == 0)
            problems_.push_back("nothing was written to the store before " + name);
        else if (!is_synced(written, request.at))
            problems_.push_back(name + " left before what was written to the store was synced");
    }

    /// What a connection receives before its first request is the handshake's, which comes when it likes.
    [[nodiscard]] std::size_t last_answer_before(std::size_t line) const {
        std::size_t last = 0;
        for (const auto& call : seen_.calls)
            if (is_received(call) && call.ended < line &&
                std::any_of(sent_.begin(), sent_.end(), [&](const sent_request& each) {
                    return each.connection == target_of(call) && each.at < call.begun;
                }))
                last = std::max(last, call.ended);
        return last;
    }

    [[nodiscard]] bool is_synced(std::size_t written, std::size_t by) const {
        return std::any_of(seen_.calls.begin(), seen_.calls.end(), [&](const traced_call& call) {
            return is_sync(call) && target_of(call) == seen_.log_file && call.result == "0" &&
                   call.begun > written && call.ended < by;
        });
    }

    const traced_rotation& seen_;
    std::vector<sent_request> sent_;
    std::vector<std::string> problems_;
};

/// SQLite's index of the log holds numbers of pages, and is never synced.
bool writes_through_memory(const traced_call& call) {
    return call.name == "mmap" && call.arguments.find("PROT_WRITE") != std::string::npos &&
           call.arguments.find("MAP_SHARED") != std::string::npos &&
           call.arguments.find("MAP_ANONYMOUS") == std::string::npos &&
           call.arguments.find("state.db-shm>") == std::string::npos;
}

}  // namespace

std::vector<std::string> problems_of_order(const traced_rotation& seen) {
    return order(seen).judge();
}

std::vector<std::string> problems_of_secrecy(const std::vector<traced_call>& calls,
                                             const std::vector<std::string>& secrets) {
    std::vector<std::string> problems;
    for (const auto& call : calls) {
        const auto line = " (line " + std::to_string(call.begun) + ")";
        if (writes_through_memory(call))
            problems.push_back("a file is written through memory, which no trace shows" + line);
        if (!is_write(call) || !target_of(call).starts_with('/'))
            continue;
        if (is_cut_off(call))
            problems.push_back("strace cut off what is written to " + target_of(call) + line);
        const auto bytes = bytes_of(call);
        for (const auto& secret : secrets)
            if (bytes.find(secret) != std::string::npos ||
                bytes.find(store::to_hex(secret)) != std::string::npos)
                problems.push_back("a secret is written to " + target_of(call) + line);
    }
    return problems;
}

}  // namespace tunnelkeyd::crash
