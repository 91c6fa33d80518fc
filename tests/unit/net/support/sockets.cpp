#include "support/sockets.hpp"

#include <boost/asio/ip/tcp.hpp>

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <filesystem>
#include <stdexcept>
#include <utility>

namespace tunnelkeyd::testing {

namespace {

constexpr std::size_t question_offset = 12;  // behind the header: RFC 1035, section 4.1.1

using tcp = boost::asio::ip::tcp;

tcp::endpoint endpoint_of(const std::string& address, std::uint16_t port) {
    return {boost::asio::ip::make_address(address), port};
}

int bound_socket(int type, std::uint16_t& port, const std::string& at = "127.0.0.1") {
    auto where = endpoint_of(at, port);
    const int made = ::socket(where.protocol().family(), type | SOCK_CLOEXEC, 0);
    auto size = static_cast<socklen_t>(where.size());
    if (::bind(made, where.data(), size) != 0 || ::getsockname(made, where.data(), &size) != 0)
        throw std::runtime_error("cannot bind a test socket");
    port = where.port();
    return made;
}

std::string bytes(std::initializer_list<int> values) {
    return {values.begin(), values.end()};
}

}  // namespace

listening_port::listening_port() : socket_(bound_socket(SOCK_STREAM, number_)) {
    std::signal(SIGPIPE, SIG_IGN);
    if (::listen(socket_, 64) != 0)
        throw std::runtime_error("cannot listen at a test socket");
}

listening_port::~listening_port() {
    ::close(socket_);
}

int listening_port::accept() const {
    return ::accept4(socket_, nullptr, nullptr, SOCK_CLOEXEC);
}

void listening_port::stop() const {
    ::shutdown(socket_, SHUT_RDWR);
}

silent_port::silent_port(const std::string& at, std::uint16_t number) : number_(number) {
    sockets_.push_back(bound_socket(SOCK_STREAM, number_, at));
    ::listen(sockets_.front(), 0);
    const auto where = endpoint_of(at, number_);
    for (int i = 0; i < 4; ++i) {
        sockets_.push_back(::socket(where.protocol().family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
        ::connect(sockets_.back(), where.data(), static_cast<socklen_t>(where.size()));
    }
}

silent_port::~silent_port() {
    for (const int one : sockets_)
        ::close(one);
}

void silent_port::answer() {
    for (std::size_t i = 1; i < sockets_.size(); ++i)
        ::close(sockets_[i]);
    sockets_.resize(1);
    ::listen(sockets_.front(), 16);
}

int silent_port::accept() const {
    pollfd waiting{sockets_.front(), POLLIN, 0};
    while (::poll(&waiting, 1, 30'000) == 1) {
        const int accepted = ::accept4(sockets_.front(), nullptr, nullptr, SOCK_CLOEXEC);
        char byte = 0;
        if (::recv(accepted, &byte, 1, MSG_PEEK | MSG_DONTWAIT) < 0 && errno == EAGAIN)
            return accepted;
        ::close(accepted);  // one that filled the backlog
    }
    return -1;
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

void name_server::serve() {
    char buffer[512];
    sockaddr_in from{};
    for (;;) {
        socklen_t size = sizeof from;
        const auto length =
            ::recvfrom(socket_, buffer, sizeof buffer, 0, reinterpret_cast<sockaddr*>(&from), &size);
        if (length <= static_cast<ssize_t>(question_offset))
            return;
        answer(std::string(buffer, length), from);
    }
}

void name_server::answer(const std::string& query, sockaddr_in from) {
    std::string name;
    auto at = question_offset;
    for (; query[at] != 0; at += query[at] + 1)
        name += (name.empty() ? "" : ".") + query.substr(at + 1, query[at]);
    const bool wants_v4 = query[at + 2] == 1;
    const auto found = names_.find(name);
    const auto all = found != names_.end() ? found->second : std::vector<std::string>{"no address"};
    const auto has = [&all](const std::string& one) {
        return std::find(all.begin(), all.end(), one) != all.end();
    };
    const bool is_first = asked_.insert(wants_v4).second;
    if (all.empty() || has(wants_v4 ? silent_v4 : silent_v6) || (is_first && has(lost_once)))
        return;

    std::string records;
    int count = 0;
    for (const auto& each : all) {
        boost::system::error_code no_address;
        const auto address = boost::asio::ip::make_address(each, no_address);
        if (no_address || address.is_v4() != wants_v4)
            continue;
        ++count;
        const int size = wants_v4 ? 4 : 16;
        records += bytes({0xc0, question_offset, 0, query[at + 2], 0, 1, 0, 0, 0, 60, 0, size});
        records.append(reinterpret_cast<const char*>(endpoint_of(each, 0).data()) + (wants_v4 ? 4 : 8), size);
    }
    const int code = found == names_.end() ? 3 : 0;
    const auto reply = query.substr(0, 2) + bytes({0x81, 0x80 | code, 0, 1, 0, count, 0, 0, 0, 0}) +
                       query.substr(question_offset, at + 5 - question_offset) + records;
    auto send = [this, reply, from] {
        ::sendto(socket_, reply.data(), reply.size(), 0, reinterpret_cast<const sockaddr*>(&from), sizeof from);
    };
    if (!has(held_v6) || wants_v4)
        send();
    else if (!std::exchange(holds_, true))
        held_.set_value(std::move(send));
}

void name_server::release() {
    auto held = held_.get_future();
    if (held.wait_for(std::chrono::seconds(30)) != std::future_status::ready)
        throw std::runtime_error("no question is held");
    held.get()();
}

std::size_t open_descriptors() {
    const std::filesystem::directory_iterator all("/proc/self/fd");
    return static_cast<std::size_t>(std::distance(begin(all), end(all)));
}

}  // namespace tunnelkeyd::testing
