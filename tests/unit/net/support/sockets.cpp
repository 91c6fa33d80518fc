#include "support/sockets.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <stdexcept>

namespace tunnelkeyd::testing {

namespace {

constexpr std::size_t question_offset = 12;  // behind the header: RFC 1035, section 4.1.1

sockaddr_in address_of(const char* text, std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    ::inet_pton(AF_INET, text, &address.sin_addr);
    address.sin_port = htons(port);
    return address;
}

int bound_socket(int type, std::uint16_t& port, const char* at = "127.0.0.1") {
    const int made = ::socket(AF_INET, type | SOCK_CLOEXEC, 0);
    auto address = address_of(at, port);
    auto* generic = reinterpret_cast<sockaddr*>(&address);
    socklen_t size = sizeof address;
    if (::bind(made, generic, size) != 0 || ::getsockname(made, generic, &size) != 0)
        throw std::runtime_error("cannot bind a test socket");
    port = ntohs(address.sin_port);
    return made;
}

std::string bytes(std::initializer_list<int> values) {
    return {values.begin(), values.end()};
}

}  // namespace

silent_port::silent_port(const char* at, std::uint16_t number) : number_(number) {
    sockets_.push_back(bound_socket(SOCK_STREAM, number_, at));
    ::listen(sockets_.front(), 0);
    const auto address = address_of(at, number_);
    for (int i = 0; i < 4; ++i) {
        sockets_.push_back(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
        ::connect(sockets_.back(), reinterpret_cast<const sockaddr*>(&address), sizeof address);
    }
}

silent_port::~silent_port() {
    for (const int one : sockets_)
        ::close(one);
}

refusing_port::refusing_port() : socket_(bound_socket(SOCK_STREAM, number_)) {
}

refusing_port::~refusing_port() {
    ::close(socket_);
}

name_server::name_server(std::map<std::string, std::vector<std::string>> names)
    : names_(std::move(names)), socket_(bound_socket(SOCK_DGRAM, port_)), serving_([this] { serve(); }) {
}

name_server::~name_server() {
    ::shutdown(socket_, SHUT_RDWR);
    serving_.join();
    ::close(socket_);
}

void name_server::serve() const {
    char buffer[512];
    sockaddr_in from{};
    auto* generic = reinterpret_cast<sockaddr*>(&from);
    socklen_t size = sizeof from;
    for (;;) {
        size = sizeof from;
        const auto length = ::recvfrom(socket_, buffer, sizeof buffer, 0, generic, &size);
        if (length <= static_cast<ssize_t>(question_offset))
            return;
        const std::string query(buffer, length);
        std::string name;
        auto at = question_offset;
        for (; query[at] != 0; at += query[at] + 1)
            name += (name.empty() ? "" : ".") + query.substr(at + 1, query[at]);
        const bool wants_v4 = query[at + 2] == 1;
        const auto found = names_.find(name);
        if (found != names_.end() && found->second.empty())
            continue;
        const int count = found != names_.end() && wants_v4 ? static_cast<int>(found->second.size()) : 0;
        const int code = found == names_.end() ? 3 : 0;
        std::string reply = query.substr(0, 2) + bytes({0x81, 0x80 | code, 0, 1, 0, count, 0, 0, 0, 0}) +
                            query.substr(question_offset, at + 5 - question_offset);
        for (int i = 0; i < count; ++i) {
            in_addr address{};
            ::inet_pton(AF_INET, found->second[i].c_str(), &address);
            reply += bytes({0xc0, question_offset, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4});
            reply.append(reinterpret_cast<const char*>(&address), sizeof address);
        }
        ::sendto(socket_, reply.data(), reply.size(), 0, generic, size);
    }
}

}  // namespace tunnelkeyd::testing
