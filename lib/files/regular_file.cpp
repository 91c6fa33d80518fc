#include "files/regular_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace tunnelkeyd::files {

namespace {

std::string last_error() {
    return std::generic_category().message(errno);
}

bool is_link(const std::string& path) {
    struct stat found {};
    return ::lstat(path.c_str(), &found) == 0 && S_ISLNK(found.st_mode);
}

}  // namespace

regular_file::regular_file(const std::string& path) {
    descriptor_ = ::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
    if (descriptor_ < 0 || ::fstat(descriptor_, &status_) != 0) {
        error_ = errno;
        problem_ = last_error();
        if (error_ == ENOENT && is_link(path))
            problem_ += " (it is a symbolic link that leads nowhere)";
    } else if (!S_ISREG(status_.st_mode)) {
        problem_ = "Not a regular file";
    }
}

regular_file::~regular_file() {
    if (descriptor_ >= 0)
        ::close(descriptor_);
}

std::size_t regular_file::read(char* into, std::size_t size) {
    std::size_t done = 0;
    while (done < size) {
        const auto count = ::read(descriptor_, into + done, size - done);
        if (count == 0)
            break;
        if (count > 0) {
            done += static_cast<std::size_t>(count);
        } else if (errno != EINTR) {
            problem_ = last_error();
            break;
        }
    }
    return done;
}

}  // namespace tunnelkeyd::files
