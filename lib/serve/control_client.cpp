#include "serve/control_client.hpp"

#include "serve/accounts.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/beast/core/basic_stream.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <boost/url/encode.hpp>
#include <boost/url/rfc/unreserved_chars.hpp>

#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>

#include <chrono>
#include <cstddef>
#include <optional>
#include <utility>

namespace tunnelkeyd::serve {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
namespace errc = boost::system::errc;
using boost::system::error_code;
using local = asio::local::stream_protocol;

namespace {

constexpr std::size_t longest_reply = 64 * 1024 * 1024;
constexpr timeval longest_connect{10, 0};  // a daemon that hangs lets nobody in

[[noreturn]] void fail(control_error::kind what, const std::string& message) {
    throw control_error(what, message);
}

[[noreturn]] void cannot_connect(const std::string& path, const error_code& error) {
    if (error == errc::no_such_file_or_directory || error == errc::connection_refused ||
        error == errc::not_a_directory)
        fail(control_error::kind::absent,
             "no daemon listens at " + path +
                 "; start it, or name the configuration that it runs with (--config)");
    if (error == errc::permission_denied || error == errc::operation_not_permitted)
        fail(control_error::kind::forbidden,
             "you may not use " + path + "; be root, the daemon's user, or a member of the group that owns it" +
                 group_of_file(path) + " (a new membership counts from the next login)");
    if (error == errc::resource_unavailable_try_again)
        fail(control_error::kind::broken,
             "the daemon at " + path + " lets nobody in; see whether it hangs (systemctl status tunnelkeyd)");
    fail(control_error::kind::broken, "cannot connect to " + path + ": " + error.message());
}

[[noreturn]] void no_answer(const std::string& path, const error_code& error) {
    const std::string look = "; it may be done all the same, so look at the status before you ask again";
    if (error == beast::error::timeout)
        fail(control_error::kind::broken, "the daemon at " + path + " has not answered in time" + look);
    if (error == http::error::body_limit)
        fail(control_error::kind::broken, "the answer is larger than 64 MiB" + look);
    fail(control_error::kind::broken,
         "the daemon at " + path + " was asked, and did not answer: " + error.message() + look);
}

}  // namespace

struct control_client::parts {
    explicit parts(std::string at) : path(std::move(at)) { connect(); }

    void connect();
    [[nodiscard]] bool is_closed();
    error_code send(const http::request<http::string_body>& asked, std::size_t& sent);
    error_code receive(control_reply& into, std::size_t& received);

    const std::string path;
    asio::io_context loop{1};
    std::optional<beast::basic_stream<local>> stream;
    beast::flat_buffer buffer;
    bool connected = false;
    bool used = false;  ///< a request was answered on this connection
};

void control_client::parts::connect() {
    connected = used = false;
    buffer.clear();
    auto& socket = stream.emplace(loop).socket();
    if (path.size() >= sizeof(sockaddr_un::sun_path))
        cannot_connect(path, errc::make_error_code(errc::filename_too_long));
    error_code error;
    socket.open(local(), error);
    ::setsockopt(socket.native_handle(), SOL_SOCKET, SO_SNDTIMEO, &longest_connect, sizeof longest_connect);
    if (!error)
        socket.connect(local::endpoint(path), error);
    if (error)
        cannot_connect(path, error);
    connected = true;
}

/// Nothing is to come before a request: whatever can be read is the end.
bool control_client::parts::is_closed() {
    pollfd watched{stream->socket().native_handle(), POLLIN, 0};
    return ::poll(&watched, 1, 0) != 0;
}

error_code control_client::parts::send(const http::request<http::string_body>& asked, std::size_t& sent) {
    error_code result;
    http::async_write(*stream, asked, [&](error_code error, std::size_t size) {
        result = error;
        sent = size;
    });
    loop.restart();
    loop.run();
    return result;
}

error_code control_client::parts::receive(control_reply& into, std::size_t& received) {
    http::response_parser<http::string_body> parser;
    parser.body_limit(longest_reply);
    error_code result;
    http::async_read(*stream, buffer, parser, [&](error_code error, std::size_t size) {
        result = error;
        received = size;
    });
    loop.restart();
    loop.run();
    if (result)
        return result;
    into = {parser.get().result_int(), std::move(parser.get().body())};
    used = true;
    connected = parser.keep_alive();
    return result;
}

control_client::control_client(const std::string& socket) : parts_(std::make_unique<parts>(socket)) {
}

control_client::~control_client() = default;
control_client::control_client(control_client&&) noexcept = default;
control_client& control_client::operator=(control_client&&) noexcept = default;

control_reply control_client::ask(const std::string& method, const std::string& target, const std::string& body,
                                  core::duration limit) {
    http::request<http::string_body> asked(http::string_to_verb(method), target, 11);
    asked.set(http::field::host, "localhost");
    if (!body.empty())
        asked.set(http::field::content_type, "application/json");
    asked.body() = body;
    asked.prepare_payload();
    const auto deadline = std::chrono::steady_clock::now() + limit;
    if (!parts_->connected || parts_->is_closed())
        parts_->connect();
    for (;;) {
        control_reply reply;
        std::size_t sent = 0;
        std::size_t received = 0;
        parts_->stream->expires_at(deadline);
        auto error = parts_->send(asked, sent);
        if (!error)
            error = parts_->receive(reply, received);
        if (!error)
            return reply;
        parts_->connected = false;
        // The daemon may have closed just now, having waited for long. What changes something is sent again
        // only if nothing of it has left.
        const bool harmless = sent == 0 || asked.method() == http::verb::get;
        if (!parts_->used || !harmless || received > 0 || error == beast::error::timeout)
            no_answer(parts_->path, error);
        parts_->connect();
    }
}

std::string encoded(const std::string& name) {
    return boost::urls::encode(name, boost::urls::unreserved_chars);
}

}  // namespace tunnelkeyd::serve
