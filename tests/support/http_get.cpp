#include "support/http_get.hpp"

#include "support/child_process.hpp"

#include <arpa/inet.h>
#include <netdb.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <memory>
#include <stdexcept>
#include <utility>

namespace tunnelkeyd::support {

namespace {

http_reply parse(const std::string& text, bool has_body) {
    http_reply reply;
    const auto end = text.find("\r\n\r\n");
    if (!text.starts_with("HTTP/1.1 ") || end == std::string::npos)
        throw std::runtime_error("not a reply: " + text.substr(0, 200));
    reply.status = static_cast<unsigned>(std::stoul(text.substr(9, 3)));
    for (auto at = text.find("\r\n") + 2; at < end;) {
        const auto stop = text.find("\r\n", at);
        const auto line = text.substr(at, stop - at);
        const auto colon = line.find(':');
        auto name = line.substr(0, colon);
        std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return std::tolower(c); });
        reply.headers[name] = line.substr(line.find_first_not_of(' ', colon + 1));
        at = stop + 2;
    }
    reply.body = text.substr(end + 4);
    if (has_body && std::to_string(reply.body.size()) != reply.headers["content-length"])
        throw std::runtime_error("truncated: " + text.substr(0, 200));
    return reply;
}

}  // namespace

tcp_connection::tcp_connection(const std::string& address) {
    const auto colon = address.rfind(':');
    auto host = address.substr(0, colon);
    if (host.starts_with('['))
        host = host.substr(1, host.size() - 2);
    addrinfo hints{};
    hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV;
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* found = nullptr;
    if (::getaddrinfo(host.c_str(), address.substr(colon + 1).c_str(), &hints, &found) != 0)
        throw std::runtime_error("no address: " + address);
    const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> kept(found, ::freeaddrinfo);
    socket_ = ::socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const timeval limit{patience.count(), 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    ::setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
    if (::connect(socket_, found->ai_addr, found->ai_addrlen) != 0) {
        ::close(socket_);
        throw std::runtime_error("cannot connect to " + address);
    }
}

tcp_connection::~tcp_connection() {
    if (socket_ >= 0)
        ::close(socket_);
}

tcp_connection::tcp_connection(tcp_connection&& other) noexcept : socket_(std::exchange(other.socket_, -1)) {
}

bool tcp_connection::send(const std::string& bytes) const {
    return ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(bytes.size());
}

std::string tcp_connection::read_all() const {
    std::string all;
    char block[65536];
    for (ssize_t count = 0; (count = ::recv(socket_, block, sizeof block, 0)) > 0;)
        all.append(block, static_cast<std::size_t>(count));
    return all;
}

http_reply http_get(const std::string& address, const std::string& path, const std::string& method) {
    const tcp_connection connection(address);
    connection.send(method + " " + path + " HTTP/1.1\r\nHost: " + address + "\r\nConnection: close\r\n\r\n");
    return parse(connection.read_all(), method != "HEAD");
}

}  // namespace tunnelkeyd::support
