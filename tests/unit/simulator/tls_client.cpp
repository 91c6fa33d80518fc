#include "tls_client.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cerrno>
#include <optional>
#include <stdexcept>
#include <utility>

namespace tunnelkeyd::simulator {

namespace {

struct context_free {
    void operator()(SSL_CTX* owned) const { SSL_CTX_free(owned); }
};
struct ssl_free {
    void operator()(SSL* owned) const { SSL_free(owned); }
};

[[noreturn]] void fail(const std::string& what) {
    std::array<char, 256> text{};
    ERR_error_string_n(ERR_get_error(), text.data(), text.size());
    throw std::runtime_error(what + ": " + text.data());
}

std::string lower(std::string text) {
    std::ranges::transform(text, text.begin(),
                           [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return text;
}

/// Reads the head into `to`.
void parse_head(raw_reply& to, std::string_view text) {
    to.headers.clear();
    to.status = static_cast<unsigned>(std::stoul(std::string(text.substr(9, 3))));
    for (auto at = text.find("\r\n"); at != std::string_view::npos;) {
        const auto next = text.find("\r\n", at + 2);
        const auto line = text.substr(at + 2, next - at - 2);
        const auto colon = line.find(": ");
        if (colon != std::string_view::npos)
            to.headers[lower(std::string(line.substr(0, colon)))] = line.substr(colon + 2);
        at = next;
    }
}

}  // namespace

struct tls_client::implementation {
    ~implementation() {
        ssl.reset();
        ::close(socket);
    }

    int socket = -1;
    std::unique_ptr<SSL_CTX, context_free> context;
    std::unique_ptr<SSL, ssl_free> ssl;
    std::string received;
    std::optional<ended> end;
};

tls_client::tls_client(std::uint16_t port, const std::string& ca_file)
    : self_(std::make_unique<implementation>()) {
    self_->socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const ::timeval patience{30, 0};
    ::setsockopt(self_->socket, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    ::sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(self_->socket, reinterpret_cast<const ::sockaddr*>(&address), sizeof address) != 0)
        throw std::runtime_error("cannot connect");
    self_->context.reset(SSL_CTX_new(TLS_client_method()));
    if (SSL_CTX_load_verify_file(self_->context.get(), ca_file.c_str()) != 1)
        fail("CA");
    SSL_CTX_set_verify(self_->context.get(), SSL_VERIFY_PEER, nullptr);
    self_->ssl.reset(SSL_new(self_->context.get()));
    SSL_set1_host(self_->ssl.get(), "localhost");
    SSL_set_fd(self_->ssl.get(), self_->socket);
    if (SSL_connect(self_->ssl.get()) != 1)
        fail("handshake");
}

tls_client::~tls_client() = default;

void tls_client::send(std::string_view bytes) {
    if (SSL_write(self_->ssl.get(), bytes.data(), static_cast<int>(bytes.size())) <= 0)
        fail("write");
}

bool tls_client::read_more() {
    std::array<char, 64 * 1024> piece{};
    ERR_clear_error();
    const int count = SSL_read(self_->ssl.get(), piece.data(), piece.size());
    if (count > 0) {
        self_->received.append(piece.data(), static_cast<std::size_t>(count));
        return true;
    }
    const int system_error = errno;
    const int error = SSL_get_error(self_->ssl.get(), count);
    if (error == SSL_ERROR_ZERO_RETURN)
        self_->end = ended::properly;
    else if (error == SSL_ERROR_SSL && ERR_GET_REASON(ERR_peek_error()) == SSL_R_UNEXPECTED_EOF_WHILE_READING)
        self_->end = ended::without_close_notify;
    else if (error == SSL_ERROR_SYSCALL && system_error == ECONNRESET)
        self_->end = ended::by_reset;
    else
        fail("read");
    return false;
}

raw_reply tls_client::receive() {
    raw_reply reply;
    for (;;) {
        std::size_t end_of_head = 0;
        while ((end_of_head = self_->received.find("\r\n\r\n")) == std::string::npos)
            if (!read_more())
                return reply;
        parse_head(reply, std::string_view(self_->received).substr(0, end_of_head));
        self_->received.erase(0, end_of_head + 4);
        if (reply.status >= 200)
            break;
        reply.interims.push_back(std::exchange(reply.status, 0));
    }
    const auto promised = std::stoul(reply.headers.at("content-length"));
    self_->received.reserve(promised);
    while (self_->received.size() < promised && read_more()) {
    }
    reply.whole = self_->received.size() >= promised;
    reply.body = self_->received.substr(0, promised);
    self_->received.erase(0, promised);
    return reply;
}

raw_reply tls_client::ask(std::string_view bytes) {
    send(bytes);
    return receive();
}

ended tls_client::end() {
    while (!self_->end)
        read_more();
    return *self_->end;
}

bool tls_client::silent() {
    const int flags = ::fcntl(self_->socket, F_GETFL);
    ::fcntl(self_->socket, F_SETFL, flags | O_NONBLOCK);
    char byte = 0;
    const int count = SSL_peek(self_->ssl.get(), &byte, 1);
    const bool nothing = count <= 0 && SSL_get_error(self_->ssl.get(), count) == SSL_ERROR_WANT_READ;
    ::fcntl(self_->socket, F_SETFL, flags);
    return nothing;
}

std::string tls_client::version() const {
    return SSL_get_version(self_->ssl.get());
}

std::string http_request(std::string_view method, std::string_view target, std::string_view headers,
                         std::string_view body) {
    std::string text = std::string(method) + " " + std::string(target) + " HTTP/1.1\r\nHost: localhost\r\n";
    text += headers;
    text += "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n";
    return text + std::string(body);
}

}  // namespace tunnelkeyd::simulator
