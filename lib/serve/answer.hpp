#pragma once

#include <string>
#include <string_view>

/// Private to the health server.
namespace tunnelkeyd::serve {

inline constexpr const char* plain_text = "text/plain; charset=utf-8";
inline constexpr const char* json_text = "application/json";

/// What a GET is answered with.
struct answer {
    unsigned status = 200;
    std::string content_type;
    std::string body;
    std::string header = {};  ///< further lines of the header, each with its line end
};

/// {"code": ..., "message": ..., "remedy": ...}: a stable literal, and two texts for people.
answer error_answer(unsigned status, std::string_view code, std::string_view message, std::string_view remedy);

/// The same for a path that is not there, with the list of those that are.
answer no_such_path(std::string_view path);

/// Status line and header, up to and with the empty line.
std::string head_of(const answer& given, bool keep_alive);

}  // namespace tunnelkeyd::serve
