#include "store/directory_lock.hpp"

#include "store/error.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace tunnelkeyd::store {

namespace {

descriptor open_lock(const std::string& path) {
    descriptor opened(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (!opened)
        throw_errno(path, "cannot be opened");
    return opened;
}

/// " (pid 4711)", or nothing while the owner has not written it yet.
std::string owner(int file) {
    char text[24] = {};
    const auto size = ::pread(file, text, sizeof text, 0);
    const std::string pid(
        text, std::find_if(text, text + std::max<ssize_t>(size, 0), [](char c) { return c < '0' || c > '9'; }));
    return pid.empty() ? "" : " (pid " + pid + ")";
}

}  // namespace

directory_lock::directory_lock(const std::string& directory) : file_(open_lock(directory + "/lock")) {
    if (::flock(file_.number(), LOCK_EX | LOCK_NB) != 0) {
        if (errno != EWOULDBLOCK)
            throw_errno(directory + "/lock", "cannot be locked");
        throw error(error_kind::locked, "another tunnelkeyd" + owner(file_.number()) + " is using " +
                                            directory + ": stop it, or give this one another state.directory");
    }
    const auto pid = std::to_string(::getpid()) + "\n";
    if (::ftruncate(file_.number(), 0) != 0 ||
        ::pwrite(file_.number(), pid.data(), pid.size(), 0) != static_cast<ssize_t>(pid.size()))
        throw_errno(directory + "/lock", "cannot be written");
}

}  // namespace tunnelkeyd::store
