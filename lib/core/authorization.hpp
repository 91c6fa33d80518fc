#pragma once

#include "core/secret.hpp"

#include <string_view>

/// What stands in an Authorization or a Proxy-Authorization header.
namespace tunnelkeyd::core {

/// `Bearer TOKEN` (RFC 6750, section 2.1).
secret bearer_authorization(const secret& token);

/// `Basic` with user and password in base64 (RFC 7617). `username` has no colon.
secret basic_authorization(std::string_view username, const secret& password);
/// The same of `user:password`.
secret basic_authorization(const secret& login);

}  // namespace tunnelkeyd::core
