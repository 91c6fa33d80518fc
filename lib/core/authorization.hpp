#pragma once

#include "core/secret.hpp"

#include <string>
#include <string_view>

/// What stands in an Authorization or a Proxy-Authorization header.
namespace tunnelkeyd::core {

/// `Bearer TOKEN` (RFC 6750, section 2.1).
secret bearer_authorization(const secret& token);

/// What keeps `token` from being sent as one, and what to do about it, for people; "" where nothing does. It
/// has to be visible ASCII without blanks: RFC 6750 has fewer characters still, and RFC 9110, section 5.5, no
/// others in a field's value. Shows nothing of it but where the first wrong character is.
std::string token_problem(const secret& token);

/// `Basic` with user and password in base64 (RFC 7617). `username` has no colon.
secret basic_authorization(std::string_view username, const secret& password);
/// The same of `user:password`.
secret basic_authorization(const secret& login);

}  // namespace tunnelkeyd::core
