#include "serve/control_client.hpp"

#include "serve/accounts.hpp"
#include "serve/control_routes.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/beast/core/basic_stream.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <boost/url/encode.hpp>
#include <boost/url/rfc/unreserved_chars.hpp>

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

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
constexpr const char* look_first = "it may be done all the same, so look at the status before you ask again";
constexpr const char* may_hang = "see whether it hangs (systemctl status tunnelkeyd)";

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
        fail(control_error::kind::broken, "the daemon at " + path + " lets nobody in; " + may_hang);
    fail(control_error::kind::broken, "cannot connect to " + path + ": " + error.message());
}

bool changes_nothing(http::verb method, const std::string& target) {
    const auto wanted = call_of(target);
    return method == http::verb::get || (wanted && wanted->form->what == call::preflight);
}

/// `looks`: what was asked for changes nothing.
[[noreturn]] void no_answer(const std::string& path, bool looks, const error_code& error) {
    const std::string remedy = std::string("; ") + (looks ? may_hang : look_first);
    if (error == beast::error::timeout)
        fail(control_error::kind::broken, "the daemon at " + path + " has not answered in time" + remedy);
    if (error == http::error::body_limit)
        fail(control_error::kind::broken, "the answer is larger than 64 MiB" + (looks ? "" : remedy));
    fail(control_error::kind::broken,
         "the daemon at " + path + " was asked, and did not answer: " + error.message() + remedy);
}

[[noreturn]] void stopped_waiting(bool looks) {
    fail(control_error::kind::stopped,
         "the daemon had not answered yet" + (looks ? "" : std::string("; ") + look_first));
}

}  // namespace

struct control_client::parts {
    parts(std::string at, int stop) : path(std::move(at)) {
        connect();
        if (stop >= 0)
            watch(stop);
    }

    void connect();
    void watch(int stop);
    [[nodiscard]] bool is_closed();
    void run_until(const bool& done);
    error_code send(const http::request<http::string_body>& asked, std::size_t& sent);
    error_code receive(control_reply& into, std::size_t& received);

    const std::string path;
    asio::io_context loop{1};
    std::optional<beast::basic_stream<local>> stream;
    beast::flat_buffer buffer;
    bool connected = false;
    bool used = false;  ///< a request was answered on this connection
    std::optional<asio::posix::stream_descriptor> stopper;
    bool stopped = false;
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

void control_client::parts::watch(int stop) {
    stopper.emplace(loop, ::fcntl(stop, F_DUPFD_CLOEXEC, 0));
    stopper->async_wait(asio::posix::stream_descriptor::wait_read, [this](error_code error) {
        if (error)
            return;
        stopped = true;
        stream->cancel();
    });
}

/// The wait for `stopper` goes on.
void control_client::parts::run_until(const bool& done) {
    loop.restart();
    while (!done && loop.run_one() > 0) {
    }
}

/// Nothing is to come before a request: whatever can be read is the end.
bool control_client::parts::is_closed() {
    pollfd watched{stream->socket().native_handle(), POLLIN, 0};
    return ::poll(&watched, 1, 0) != 0;
}

error_code control_client::parts::send(const http::request<http::string_body>& asked, std::size_t& sent) {
    error_code result;
    bool done = false;
    http::async_write(*stream, asked, [&](error_code error, std::size_t size) {
        result = error;
        sent = size;
        done = true;
    });
    run_until(done);
    return result;
}

error_code control_client::parts::receive(control_reply& into, std::size_t& received) {
    http::response_parser<http::string_body> parser;
    parser.body_limit(longest_reply);
    error_code result;
    bool done = false;
    http::async_read(*stream, buffer, parser, [&](error_code error, std::size_t size) {
        result = error;
        received = size;
        done = true;
    });
    run_until(done);
    if (result)
        return result;
    into = {parser.get().result_int(), std::move(parser.get().body())};
    used = true;
    connected = parser.keep_alive();
    return result;
}

control_client::control_client(const std::string& socket, int stop)
    : parts_(std::make_unique<parts>(socket, stop)) {
}

control_client::~control_client() = default;
control_client::control_client(control_client&&) noexcept = default;
control_client& control_client::operator=(control_client&&) noexcept = default;

void control_client::connect() {
    if (!parts_->connected || parts_->is_closed())
        parts_->connect();
}

control_reply control_client::ask(const std::string& method, const std::string& target, const std::string& body,
                                  core::duration limit) {
    http::request<http::string_body> asked(http::string_to_verb(method), target, 11);
    asked.set(http::field::host, "localhost");
    if (!body.empty())
        asked.set(http::field::content_type, "application/json");
    asked.body() = body;
    asked.prepare_payload();
    const auto deadline = std::chrono::steady_clock::now() + limit;
    const bool looks = changes_nothing(asked.method(), target);
    if (parts_->stopped)
        stopped_waiting(looks);
    connect();
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
        if (parts_->stopped)
            stopped_waiting(looks);
        // The daemon may have closed just now, having waited for long. What changes something is sent again
        // only if nothing of it has left.
        const bool harmless = sent == 0 || asked.method() == http::verb::get;
        if (!parts_->used || !harmless || received > 0 || error == beast::error::timeout)
            no_answer(parts_->path, looks, error);
        parts_->connect();
    }
}

std::string encoded(const std::string& name) {
    return boost::urls::encode(name, boost::urls::unreserved_chars);
}

}  // namespace tunnelkeyd::serve
