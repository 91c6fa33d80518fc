#include "crash/errors.hpp"

#include <set>
#include <string_view>

namespace tunnelkeyd::crash {

namespace {

using errors = std::vector<std::string>;

bool is_one_of(const std::string& name, const std::set<std::string_view>& names) {
    return names.contains(name);
}

/// A path, and not a socket, a pipe or what the kernel makes up.
bool is_file(const std::string& target) {
    return !target.empty() && target != "socket" && target != "pipe" && !target.starts_with("anon_inode:");
}

errors of_file(const traced_call& call) {
    const auto& name = call.name;
    if (name == "openat" || name == "open") {
        errors all = {"EMFILE", "EMFILE+", "ENOMEM", "EIO"};
        if (call.arguments.find("O_CREAT") != std::string::npos)
            all.emplace_back("ENOSPC");
        return all;
    }
    if (is_one_of(name, {"pwrite64", "fdatasync"}))  // a full disk stays full, a broken one broken
        return {"ENOSPC", "ENOSPC+", "EIO", "EIO+"};
    if (is_one_of(name, {"write", "writev", "fsync", "rename", "mkdir"}))
        return {"ENOSPC", "EIO"};
    if (is_one_of(name, {"read", "pread64", "ftruncate", "unlink", "newfstatat", "fchown"}))
        return {"EIO"};
    return {};
}

errors of_socket(const std::string& name) {
    if (is_one_of(name, {"sendmsg", "sendto", "recvmsg", "recvfrom"}))
        return {"ECONNRESET", "ENOMEM"};
    if (name == "connect")
        return {"ECONNRESET", "ENOMEM"};
    return {};
}

}  // namespace

std::vector<std::string> errors_of(const traced_call& call, const std::string& target) {
    const auto& name = call.name;
    // Where nothing blocks nothing is interrupted. futex(2) is left out: an error of a call that wakes others
    // would be a lost wake-up, which no kernel does.
    if (is_one_of(name, {"epoll_wait", "poll"}))
        return {"EINTR"};
    if (name == "socket")
        return {"EMFILE", "EMFILE+", "ENOMEM"};
    if (is_one_of(name, {"epoll_create1", "eventfd2", "timerfd_create", "pipe2"}))
        return {"EMFILE", "ENOMEM"};
    // Asio does not look whether its own descriptors could be watched. Where there is no memory for that at the
    // start, the daemon is deaf to SIGTERM, or sleeps for seconds.
    if (name == "epoll_ctl")
        return call.arguments.find("EPOLL_CTL_ADD") != std::string::npos &&
                       call.arguments.find("<socket:") != std::string::npos
                   ? errors{"ENOMEM"}
                   : errors{};
    if (is_one_of(name, {"mmap", "mprotect", "clone3"}))
        return {"ENOMEM"};
    return is_file(target) ? of_file(call) : target == "socket" ? of_socket(name) : errors{};
}

}  // namespace tunnelkeyd::crash
