#include "support/scripted_server.hpp"

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <stdexcept>
#include <utility>

namespace tunnelkeyd::testing {

std::string scripted_server::connection::read_request() {
    std::string text;
    while (!text.ends_with("\r\n\r\n")) {
        char byte = 0;
        if (::recv(socket_, &byte, 1, 0) != 1)
            return {};
        text += byte;
    }
    return text;
}

void scripted_server::connection::send(const std::string& text) const {
    (void)!::send(socket_, text.data(), text.size(), MSG_NOSIGNAL);
}

void scripted_server::connection::finish() const {
    ::shutdown(socket_, SHUT_WR);
}

bool scripted_server::connection::is_closed() const {
    pollfd watched{socket_, POLLIN | POLLHUP, 0};
    return ::poll(&watched, 1, 5) > 0;
}

scripted_server::scripted_server(std::vector<part> script)
    : listening_(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    socket().copy(address.sun_path, sizeof address.sun_path - 1);
    if (::bind(listening_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 ||
        ::listen(listening_, 8) != 0)
        throw std::runtime_error("cannot listen");
    thread_ = std::thread([this, parts = std::move(script)] {
        for (const auto& each : parts) {
            const int accepted = ::accept4(listening_, nullptr, nullptr, SOCK_CLOEXEC);
            if (accepted < 0)
                return;
            connection made(accepted);
            each(made);
            ::close(accepted);
        }
    });
}

scripted_server::~scripted_server() {
    ::shutdown(listening_, SHUT_RDWR);  // ends accept()
    thread_.join();
    ::close(listening_);
}

}  // namespace tunnelkeyd::testing
