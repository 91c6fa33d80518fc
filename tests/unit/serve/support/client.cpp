#include "support/client.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cerrno>
#include <stdexcept>
#include <utility>

namespace tunnelkeyd::testing {

namespace {

constexpr timeval longest_wait{60, 0};

std::string lower(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return text;
}

}  // namespace

client::client(const std::string& address, int receive_buffer) {
    if (address.starts_with('/')) {
        sockaddr_un local{};
        local.sun_family = AF_UNIX;
        address.copy(local.sun_path, sizeof local.sun_path - 1);
        socket_ = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
        connect(address, reinterpret_cast<sockaddr*>(&local), sizeof local);
        return;
    }
    const auto colon = address.rfind(':');
    const auto port = htons(static_cast<std::uint16_t>(std::stoul(address.substr(colon + 1))));
    sockaddr_in v4{};
    sockaddr_in6 v6{};
    const bool is_v6 = address.starts_with('[');
    v4.sin_family = AF_INET;
    v6.sin6_family = AF_INET6;
    v4.sin_port = v6.sin6_port = port;
    ::inet_pton(AF_INET, address.substr(0, colon).c_str(), &v4.sin_addr);
    if (is_v6)
        ::inet_pton(AF_INET6, address.substr(1, colon - 2).c_str(), &v6.sin6_addr);
    socket_ = ::socket(is_v6 ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (receive_buffer > 0)
        ::setsockopt(socket_, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
    const auto* where = is_v6 ? reinterpret_cast<sockaddr*>(&v6) : reinterpret_cast<sockaddr*>(&v4);
    connect(address, where, is_v6 ? sizeof v6 : sizeof v4);
}

void client::connect(const std::string& address, const sockaddr* where, unsigned size) {
    ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &longest_wait, sizeof longest_wait);
    ::setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &longest_wait, sizeof longest_wait);
    if (::connect(socket_, where, size) != 0) {
        ::close(socket_);
        throw std::runtime_error("cannot connect to " + address);
    }
}

client::~client() {
    if (socket_ >= 0)
        ::close(socket_);
}

client::client(client&& other) noexcept
    : socket_(std::exchange(other.socket_, -1)), unread_(std::move(other.unread_)) {
}

void client::send(std::string_view text) const {
    while (!text.empty()) {
        const auto sent = ::send(socket_, text.data(), text.size(), MSG_NOSIGNAL);
        if (sent <= 0)
            return;
        text.remove_prefix(sent);
    }
}

void client::finish() const {
    ::shutdown(socket_, SHUT_WR);
}

bool client::read_more() {
    std::array<char, 64 * 1024> buffer{};
    const auto size = ::recv(socket_, buffer.data(), buffer.size(), 0);
    if (size < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
        throw std::runtime_error("the server neither answers nor closes");
    if (size > 0)
        unread_.append(buffer.data(), size);
    return size > 0;
}

reply client::read_reply(bool head) {
    reply got;
    std::size_t end = 0;
    while ((end = unread_.find("\r\n\r\n")) == std::string::npos)
        if (!read_more())
            return got;
    std::string lines = unread_.substr(0, end + 2);
    unread_.erase(0, end + 4);
    const auto first = lines.find("\r\n");
    if (!lines.starts_with("HTTP/1.1 "))
        throw std::runtime_error("no status line: " + lines);
    got.status = static_cast<unsigned>(std::stoul(lines.substr(9, 3)));
    for (auto at = first + 2; at < lines.size();) {
        const auto line_end = lines.find("\r\n", at);
        const auto colon = lines.find(": ", at);
        got.header[lower(lines.substr(at, colon - at))] = lines.substr(colon + 2, line_end - colon - 2);
        at = line_end + 2;
    }
    const auto length = head ? 0 : std::stoul(got.header.at("content-length"));
    while (unread_.size() < length)
        if (!read_more())
            throw std::runtime_error("the reply ends in the middle");
    got.body = unread_.substr(0, length);
    unread_.erase(0, length);
    return got;
}

reply client::ask(const std::string& path, const std::string& method, const std::string& body) {
    const auto length = body.empty() ? "" : "Content-Length: " + std::to_string(body.size()) + "\r\n";
    send(method + " " + path + " HTTP/1.1\r\nHost: localhost\r\n" + length + "\r\n" + body);
    return read_reply(method == "HEAD");
}

std::string client::read_to_end() {
    while (read_more())
        ;
    return std::exchange(unread_, {});
}

bool client::is_readable_soon() const {
    pollfd watched{socket_, POLLIN | POLLHUP, 0};
    return ::poll(&watched, 1, 5) > 0;
}

}  // namespace tunnelkeyd::testing
