#include "net/reply_reader.hpp"

#include "net/wiping_allocator.hpp"

#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include <algorithm>
#include <cstring>
#include <optional>

namespace tunnelkeyd::net {

namespace {

namespace beast = boost::beast;
namespace http = boost::beast::http;

constexpr std::size_t header_limit = 16 * 1024;
constexpr std::size_t body_limit = 1024 * 1024;
constexpr std::size_t read_size = 4 * 1024;
constexpr unsigned interim_limit = 16;

using body = http::basic_string_body<char, std::char_traits<char>, wiping_allocator<char>>;
using parser = http::response_parser<body, wiping_allocator<char>>;
using bytes = beast::basic_flat_buffer<wiping_allocator<char>>;

constexpr std::string_view bare_status = "HTTP/1.1 200\r";

/// RFC 9112, section 4: a blank belongs behind the code, also where no reason follows; but a reader may go
/// without, as the parser does not. `line` holds as many bytes as a `bare_status`, at least.
void add_missing_blank(bytes& line) {
    const auto at = bare_status.size() - 1;
    if (static_cast<const char*>(line.cdata().data())[at] != '\r')
        return;
    line.prepare(1);
    line.commit(1);
    auto* const text = static_cast<char*>(line.data().data());
    std::memmove(text + at + 1, text + at, line.size() - at - 1);
    text[at] = ' ';
}

/// RFC 9110, section 9.3.6: neither counts in a reply to CONNECT, whatever it says. The parser refuses what it
/// cannot make sense of; so it is shown headers of another name. `header` begins with a line.
void hide_length(bytes& header) {
    auto* const text = static_cast<char*>(header.data().data());
    auto* const end = text + header.size();
    for (auto* line = text; line != end; line += line != end) {
        const beast::string_view rest(line, static_cast<std::size_t>(end - line));
        for (const beast::string_view name : {"content-length:", "transfer-encoding:"})
            if (beast::iequals(rest.substr(0, name.size()), name))
                *line = '-';
        line = std::find(line, end, '\n');
    }
}

}  // namespace

struct reply_reader::parts {
    bytes buffer{2 * header_limit};
    std::optional<parser> reply;
    bool header_only = false;
    bool before_status = true;  ///< the status line has not been looked at

    /// What the parser is stricter about than it should be.
    void make_readable() {
        if (before_status && buffer.size() >= bare_status.size()) {
            before_status = false;
            add_missing_blank(buffer);
        }
        if (header_only)
            hide_length(buffer);
    }

    void begin() {
        before_status = true;
        reply.emplace();
        reply->eager(true);
        reply->skip(header_only);
        reply->header_limit(header_limit);
        reply->body_limit(body_limit);
    }
};

reply_reader::reply_reader(question asked) : parts_(std::make_unique<parts>()) {
    parts_->header_only = asked == question::connect;
    parts_->begin();
}

reply_reader::~reply_reader() = default;

boost::asio::mutable_buffer reply_reader::prepare() {
    return parts_->buffer.prepare(read_size);
}

reply_reader::state reply_reader::commit(std::size_t size) {
    parts_->buffer.commit(size);
    bytes_read_ += size;
    return parse();
}

reply_reader::state reply_reader::parse() {
    while (parts_->buffer.size() > 0) {
        auto& reply = *parts_->reply;
        beast::error_code error;
        parts_->make_readable();
        parts_->buffer.consume(reply.put(parts_->buffer.cdata(), error));
        if (error == http::error::need_more)
            break;
        if (error)
            return fail(error.message());
        if (!reply.is_done())
            continue;
        if (status() / 100 != 1 || status() == 101)
            return state::complete;
        if (++interim_ > interim_limit)
            return fail("too many interim replies");
        parts_->begin();
    }
    // What is left is one element that is not complete yet: of a header, or of a chunk's first line.
    const bool full = parts_->buffer.size() + read_size > parts_->buffer.max_size();
    return full ? fail("a line in it is too long") : state::more;
}

reply_reader::state reply_reader::end() {
    beast::error_code error = http::error::end_of_stream;
    if (parts_->reply->got_some())
        parts_->reply->put_eof(error);
    return error ? fail("the server closed the connection in the middle of it") : state::complete;
}

reply_reader::state reply_reader::fail(std::string why) {
    problem_ = std::move(why);
    return state::failed;
}

unsigned reply_reader::status() const {
    return parts_->reply->get().result_int();
}

std::vector<std::string> reply_reader::fields(std::string_view name) const {
    std::vector<std::string> values;
    const auto [first, last] = parts_->reply->get().equal_range(name);
    for (auto each = first; each != last; ++each)
        values.emplace_back(each->value());
    return values;
}

bool reply_reader::has_more() const {
    return parts_->buffer.size() > 0;
}

bool reply_reader::keeps_connection() const {
    return parts_->reply->keep_alive() && status() != 101 && !has_more();
}

void reply_reader::take(core::exchange& result) {
    auto& reply = parts_->reply->get();
    const auto field = [&reply](std::string_view name) { return std::string(reply[name]); };
    result.status = status();
    result.content_type = field("Content-Type");
    result.retry_after = field("Retry-After");
    result.rate_limit_reset = field("X-RateLimit-Reset");
    result.location = field("Location");
    result.authentication_denied_reason = field("X-Authentication-Denied-Reason");
    result.body = core::secret(reply.body());
}

}  // namespace tunnelkeyd::net
