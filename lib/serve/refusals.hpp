#pragma once

#include "serve/answer.hpp"

#include <cstddef>
#include <string>
#include <string_view>

/// Private to the servers. Whatever is answered in place of a page: each with its code, which is stable.
namespace tunnelkeyd::serve {

answer bad_request(const std::string& why);
/// It is HTTP, but not what this path takes.
answer not_understood(const std::string& what, const char* remedy);
/// With the list of the paths that there are; `control`: of the control socket's as well.
answer not_found(const std::string& path, bool control);
answer unknown_tunnel(const std::string& name);
/// Nothing can be said of a tunnel now.
answer not_ready(const std::string& why);
/// `allowed`: "POST", or "GET, HEAD".
answer method_not_allowed(const std::string& method, std::string_view allowed);
answer body_not_allowed();
answer body_too_large(std::size_t most);
/// Of the socket at `path`; `only_root`: not even for those who may ask all else.
answer forbidden(const std::string& who, const std::string& path, bool only_root);
answer header_too_large();
answer internal_error(const std::string& why);
/// Too many answers are under way.
answer busy();
/// The look or the text did not come in time.
answer late();
/// An operation was not answered in time.
answer operation_late();

}  // namespace tunnelkeyd::serve
