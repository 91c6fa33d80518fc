#include "net/connect_reply.hpp"

#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>

#include <algorithm>
#include <optional>

namespace tunnelkeyd::net {

namespace {

namespace beast = boost::beast;
namespace http = boost::beast::http;

constexpr std::size_t header_limit = 16 * 1024;
constexpr std::size_t read_size = 4 * 1024;
constexpr unsigned interim_limit = 16;
constexpr std::size_t most_schemes = 100;  // characters of their names

/// The first word, as far as it is one of letters, digits, `-` and `_`: a proxy's text goes to people.
std::string word_in(std::string_view text) {
    constexpr std::size_t longest = 40;
    constexpr std::string_view allowed = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    return std::string(text.substr(0, std::min(text.find_first_not_of(allowed), longest)));
}

/// The names in a list of challenges (RFC 9110, section 11.6.1): a word with a blank or nothing behind it,
/// which parameters (`realm="x"`) have not.
void add_schemes(std::string_view challenges, std::string& to) {
    while (!challenges.empty()) {
        auto part = challenges.substr(0, challenges.find(','));
        challenges.remove_prefix(std::min(part.size() + 1, challenges.size()));
        part.remove_prefix(std::min(part.find_first_not_of(" \t"), part.size()));
        const auto scheme = word_in(part);
        const bool named = !scheme.empty() && (scheme.size() == part.size() || part[scheme.size()] == ' ');
        if (named && to.size() < most_schemes)
            to += (to.empty() ? "" : ", ") + scheme;
    }
}

}  // namespace

struct connect_reply::parts {
    beast::flat_buffer buffer{2 * header_limit};
    std::optional<http::response_parser<http::empty_body>> reply;

    void begin() {
        reply.emplace();
        reply->header_limit(header_limit);
        // A 2xx has no body, whatever its header says (RFC 9110, section 9.3.6); another's is not needed.
        reply->skip(true);
    }
};

connect_reply::connect_reply() : parts_(std::make_unique<parts>()) {
    parts_->begin();
}

connect_reply::~connect_reply() = default;

boost::asio::mutable_buffer connect_reply::prepare() {
    return parts_->buffer.prepare(read_size);
}

connect_reply::state connect_reply::commit(std::size_t size) {
    parts_->buffer.commit(size);
    bytes_read_ += size;
    return parse();
}

connect_reply::state connect_reply::parse() {
    while (parts_->buffer.size() > 0) {
        auto& reply = *parts_->reply;
        beast::error_code error;
        parts_->buffer.consume(reply.put(parts_->buffer.cdata(), error));
        if (error == http::error::need_more)
            break;
        if (error)
            return fail(error.message());
        if (!reply.is_header_done())
            continue;
        const auto status = reply.get().result_int();
        if (status / 100 != 1 || status == 101)
            return finish();
        if (++interim_ > interim_limit)
            return fail("too many interim replies");
        parts_->begin();
    }
    const bool full = parts_->buffer.size() + read_size > parts_->buffer.max_size();
    return full ? fail("a line in it is too long") : state::more;
}

connect_reply::state connect_reply::finish() {
    const auto& reply = parts_->reply->get();
    status_ = reply.result_int();
    detail_ = word_in(reply["X-Squid-Error"]);
    const auto [first, last] = reply.equal_range(http::field::proxy_authenticate);
    for (auto each = first; each != last; ++each)
        add_schemes(each->value(), schemes_);
    if (status_ / 100 != 2)
        return state::failed;
    if (parts_->buffer.size() == 0)
        return state::open;
    status_ = 0;
    return fail("something stands behind it that no server can have said yet");
}

connect_reply::state connect_reply::fail(std::string why) {
    problem_ = std::move(why);
    return state::failed;
}

}  // namespace tunnelkeyd::net
