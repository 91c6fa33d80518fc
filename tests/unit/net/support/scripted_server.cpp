#include "support/scripted_server.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <stdexcept>
#include <utility>

namespace tunnelkeyd::testing {

namespace {

constexpr timeval longest_wait{60, 0};

void check(bool ok) {
    if (!ok)
        throw std::runtime_error("cannot start the test server");
}

}  // namespace

peer::~peer() {
    SSL_free(tls_);
    // The server holds a duplicate, so closing alone would not tell the client.
    ::shutdown(socket_, SHUT_RDWR);
    ::close(socket_);
}

bool peer::accept(SSL_CTX* context) {
    tls_ = SSL_new(context);
    SSL_set_fd(tls_, socket_);
    if (SSL_accept(tls_) == 1)
        return true;
    ERR_clear_error();
    SSL_free(std::exchange(tls_, nullptr));
    ::shutdown(socket_, SHUT_WR);
    wait_until_closed();
    return false;
}

int peer::read(char* into, int size) {
    ERR_clear_error();
    return tls_ ? SSL_read(tls_, into, size) : static_cast<int>(::recv(socket_, into, size, 0));
}

std::string peer::read_request() {
    std::string text;
    std::size_t wanted = std::string::npos;
    char buffer[16 * 1024];
    while (wanted == std::string::npos || text.size() < wanted) {
        const int size = read(buffer, sizeof buffer);
        if (size <= 0)
            break;
        text.append(buffer, size);
        const auto end = text.find("\r\n\r\n");
        const auto length = text.find("Content-Length: ");
        if (wanted == std::string::npos && end != std::string::npos)
            wanted = end + 4 + (length < end ? std::stoul(text.substr(length + 16)) : 0);
    }
    return text;
}

void peer::read_some_of_request() {
    char byte = 0;
    read(&byte, 1);
}

void peer::write(std::string_view text) {
    while (!text.empty()) {
        ERR_clear_error();
        const auto size = static_cast<int>(text.size());
        const int sent = tls_ ? SSL_write(tls_, text.data(), size)
                              : static_cast<int>(::send(socket_, text.data(), text.size(), MSG_NOSIGNAL));
        if (sent <= 0)
            return;
        text.remove_prefix(sent);
    }
}

void peer::write_together(const std::vector<std::string>& texts) {
    const int on = 1;
    const int off = 0;
    ::setsockopt(socket_, IPPROTO_TCP, TCP_CORK, &on, sizeof on);
    for (const auto& text : texts)
        write(text);
    ::setsockopt(socket_, IPPROTO_TCP, TCP_CORK, &off, sizeof off);
}

void peer::write_ticket() {
    SSL_new_session_ticket(tls_);
    SSL_do_handshake(tls_);
}

void peer::ask_for_renegotiation() {
    SSL_renegotiate(tls_);
    SSL_do_handshake(tls_);
    wait_until_closed();
}

void peer::close(bool with_close_notify) {
    if (tls_ && with_close_notify)
        SSL_shutdown(tls_);
    ::shutdown(socket_, SHUT_WR);
}

void peer::reset() {
    const sockaddr nowhere{AF_UNSPEC, {}};
    ::connect(socket_, &nowhere, sizeof nowhere);
}

void peer::relay_to(std::uint16_t port) {
    const int target = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(port);
    bool open = ::connect(target, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
    pollfd ends[] = {{socket_, POLLIN, 0}, {target, POLLIN, 0}};
    while (open && ::poll(ends, 2, 1000 * static_cast<int>(longest_wait.tv_sec)) > 0) {
        for (int from = 0; from < 2 && open; ++from) {
            char buffer[4096];
            if (ends[from].revents == 0)
                continue;
            const auto size = ::recv(ends[from].fd, buffer, sizeof buffer, 0);
            open = size > 0 && ::send(ends[1 - from].fd, buffer, size, MSG_NOSIGNAL) == size;
        }
    }
    ::close(target);
}

bool peer::wait_until_closed() {
    char buffer[4096];
    int size = 0;
    do
        size = read(buffer, sizeof buffer);
    while (size > 0);
    return tls_ ? SSL_get_error(tls_, size) == SSL_ERROR_ZERO_RETURN : size == 0;
}

scripted_server::scripted_server(std::vector<script> scripts) : scripts_(std::move(scripts)) {
    accepting_ = std::thread([this] { serve(); });
}

scripted_server::scripted_server(server_tls tls, std::vector<script> scripts)
    : scripts_(std::move(scripts)), tls_(SSL_CTX_new(TLS_server_method())) {
    check(tls_ && SSL_CTX_use_certificate(tls_.get(), tls.shown.certificate.get()) == 1 &&
          SSL_CTX_use_PrivateKey(tls_.get(), tls.shown.key.get()) == 1 &&
          SSL_CTX_set_min_proto_version(tls_.get(), tls.min_version) == 1 &&
          SSL_CTX_set_max_proto_version(tls_.get(), tls.max_version) == 1);
    if (tls.wants_client_certificate)
        SSL_CTX_set_verify(tls_.get(), SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
    // Else it would refuse sessions that came about with a client's certificate.
    constexpr std::string_view context = "scripted";
    SSL_CTX_set_session_id_context(tls_.get(), reinterpret_cast<const unsigned char*>(context.data()),
                                   context.size());
    if (tls.client_authority) {
        auto* authority = tls.client_authority->certificate.get();
        check(X509_STORE_add_cert(SSL_CTX_get_cert_store(tls_.get()), authority) == 1 &&
              SSL_CTX_add_client_CA(tls_.get(), authority) == 1);
    }
    accepting_ = std::thread([this] { serve(); });
}

scripted_server::~scripted_server() {
    listener_.stop();
    accepting_.join();
    {
        const std::lock_guard lock(mutex_);
        for (const int socket : sockets_)
            ::shutdown(socket, SHUT_RDWR);
    }
    for (auto& thread : served_)
        thread.join();
    for (const int socket : sockets_)
        ::close(socket);
}

void scripted_server::serve() {
    for (const auto& play : scripts_) {
        const int socket = listener_.accept();
        if (socket < 0)
            return;
        const int on = 1;
        ::setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &longest_wait, sizeof longest_wait);
        ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        const std::lock_guard lock(mutex_);
        sockets_.push_back(::dup(socket));
        served_.emplace_back([this, socket, play] {
            peer client(socket);
            if (!tls_ || client.accept(tls_.get()))
                play(client);
        });
    }
}

std::string scripted_server::url(const std::string& path, const std::string& host) const {
    return (tls_ ? "https://" : "http://") + host + ":" + std::to_string(port()) + path;
}

unsigned scripted_server::connections() const {
    const std::lock_guard lock(mutex_);
    return static_cast<unsigned>(sockets_.size());
}

script replies(std::vector<std::string> texts) {
    return [texts = std::move(texts)](peer& client) {
        for (const auto& text : texts) {
            if (client.read_request().empty())
                return;
            client.write(text);
        }
        client.wait_until_closed();
    };
}

std::string ok(const std::string& body) {
    return "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

}  // namespace tunnelkeyd::testing
