#pragma once

#include "core/secret.hpp"

#include <string>
#include <string_view>

/// Private to the servers.
namespace tunnelkeyd::serve {

inline constexpr const char* plain_text = "text/plain; charset=utf-8";
inline constexpr const char* json_text = "application/json";

/// What a request is answered with.
struct answer {
    unsigned status = 200;
    std::string content_type;
    std::string body;
    std::string header = {};         ///< further lines of the header, each with its line end
    core::secret confidential = {};  ///< the body, where a key stands in it; `body` is "" then

    [[nodiscard]] std::string_view content() const noexcept {
        return confidential.empty() ? std::string_view(body) : confidential.reveal();
    }
};

/// Status line and header, up to and with the empty line.
std::string head_of(const answer& given, bool keep_alive);

}  // namespace tunnelkeyd::serve
