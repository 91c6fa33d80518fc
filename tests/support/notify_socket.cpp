#include "support/notify_socket.hpp"

#include "support/child_process.hpp"

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <stdexcept>

namespace tunnelkeyd::support {

namespace {

using clock = std::chrono::steady_clock;

bool has_line(const std::string& text, const std::string& line) {
    return ("\n" + text + "\n").find("\n" + line + "\n") != std::string::npos;
}

}  // namespace

notify_socket::notify_socket(const std::filesystem::path& path) : path_(path) {
    socket_ = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path_.native().size() >= sizeof address.sun_path)
        throw std::runtime_error("too long for a socket: " + path_.string());
    std::memcpy(address.sun_path, path_.c_str(), path_.native().size());
    if (::bind(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
        throw std::runtime_error("cannot bind " + path_.string());
}

notify_socket::~notify_socket() {
    ::close(socket_);
}

bool notify_socket::take_one(clock::time_point until) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - clock::now());
    pollfd waiting{socket_, POLLIN, 0};
    if (left.count() < 0 || ::poll(&waiting, 1, static_cast<int>(left.count())) <= 0)
        return false;
    char block[8192];
    const auto count = ::recv(socket_, block, sizeof block, 0);
    messages_.push_back(
        {clock::now(), std::string(block, static_cast<std::size_t>(std::max<ssize_t>(count, 0)))});
    return true;
}

notify_socket::message notify_socket::wait_for(const std::string& line) {
    const auto until = clock::now() + patience;
    while (take_one(until))
        if (has_line(messages_.back().text, line))
            return messages_.back();
    throw std::runtime_error("nobody said " + line);
}

void notify_socket::listen_for(std::chrono::milliseconds length) {
    const auto until = clock::now() + length;
    while (take_one(until))
        ;
}

}  // namespace tunnelkeyd::support
