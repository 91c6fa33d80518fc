#include "net/pem_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace tunnelkeyd::net {

namespace {

constexpr std::size_t longest = 1024 * 1024;

std::string last_error() {
    return std::generic_category().message(errno);
}

struct descriptor {
    explicit descriptor(const std::string& path)
        : number(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY)) {}
    ~descriptor() {
        if (number >= 0)
            ::close(number);
    }
    descriptor(const descriptor&) = delete;
    descriptor& operator=(const descriptor&) = delete;
    const int number;
};

pem_file failed(std::string problem) {
    return {{}, std::move(problem)};
}

}  // namespace

file_version version_of(const std::string& path) {
    struct stat status {};
    if (::stat(path.c_str(), &status) != 0)
        return {};
    return {status.st_dev, status.st_ino, status.st_size, status.st_ctim.tv_sec, status.st_ctim.tv_nsec};
}

pem_file read_pem_file(const std::string& path, bool secret) {
    const descriptor file(path);
    struct stat status {};
    if (file.number < 0 || ::fstat(file.number, &status) != 0)
        return failed(last_error());
    if (!S_ISREG(status.st_mode))
        return failed("it is not a regular file");
    if (static_cast<std::size_t>(status.st_size) > longest)
        return failed("it is larger than 1 MiB");
    if (secret && (status.st_mode & S_IROTH) != 0)
        return failed("everybody on this machine may read the private key in it; run `chmod o-r " + path +
                      "` (in a Kubernetes volume: defaultMode: 0440), and consider the key known");
    wiping_string text(static_cast<std::size_t>(status.st_size) + 1, '\0');  // one more shows a file that grows
    std::size_t done = 0;
    while (done < text.size()) {
        const auto count = ::read(file.number, text.data() + done, text.size() - done);
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return failed(last_error());
        if (count == 0)
            break;
        done += static_cast<std::size_t>(count);
    }
    if (done == text.size())
        return failed("it is being written");
    text.resize(done);
    return {std::move(text), ""};
}

}  // namespace tunnelkeyd::net
