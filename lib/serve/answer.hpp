#pragma once

#include <string>

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

/// Status line and header, up to and with the empty line.
std::string head_of(const answer& given, bool keep_alive);

}  // namespace tunnelkeyd::serve
