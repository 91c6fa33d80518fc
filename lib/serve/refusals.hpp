#pragma once

#include "serve/answer.hpp"

#include <string>

/// Private to the health server. Whatever is answered in place of a page: each with its code, which is stable.
namespace tunnelkeyd::serve {

answer bad_request(const std::string& why);
/// With the list of the paths that there are.
answer not_found(const std::string& path);
answer unknown_tunnel(const std::string& name);
/// Nothing can be said of a tunnel now.
answer not_ready(const std::string& why);
answer method_not_allowed(const std::string& method);
answer body_not_allowed();
answer header_too_large();
answer internal_error(const std::string& why);
/// Too many answers are under way.
answer busy();
/// The look or the text did not come in time.
answer late();

}  // namespace tunnelkeyd::serve
