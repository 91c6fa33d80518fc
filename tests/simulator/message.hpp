#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// HTTP messages as the simulated calls see them: plain values, no sockets.
namespace tunnelkeyd::simulator {

/// Which of the two peers a request was meant for.
enum class side { cloud, instance };
std::string_view to_string(side which);

/// The calls that are simulated; `other` is everything else, and is answered with 404 or 405.
enum class call { regenerate, read_organization, status, whoami, install, other };
inline constexpr std::size_t call_count = 6;
std::string_view to_string(call what);

/// Throws std::invalid_argument for a name that no call has.
call parse_call(std::string_view name);

/// A whole request. Headers are verbatim, "" where absent.
struct request {
    std::string method;
    std::string target;  ///< path and query, as sent
    std::string host;
    std::string authorization;
    std::string atlassian_token;  ///< X-Atlassian-Token
    std::string expect;
    std::string content_length;
    std::string body;

    /// The target without its query.
    [[nodiscard]] std::string_view path() const;
};

/// What a request asks for.
struct route {
    side to = side::cloud;
    call what = call::other;
    std::string tunnel;  ///< its name; "" where the request names none that exists
};

struct reply {
    unsigned status = 200;
    std::string content_type = "application/json";
    std::string body;
    std::vector<std::pair<std::string, std::string>> headers;
};

reply json_reply(unsigned status, std::string body);

/// A page for people, as the products answer where an API's client would like JSON.
reply html_reply(unsigned status);

/// The head of the reply up to the empty line, for a body of `content_length` bytes.
std::string head(const reply& answer, std::size_t content_length, bool announce_close);

}  // namespace tunnelkeyd::simulator
