#pragma once

#include "app/outside.hpp"

#include <string>
#include <variant>

namespace tunnelkeyd::app {

/// Reads what is sent as `Bearer`, an API key or a token, anew at each call. One that no header can carry is an
/// error too: it could only be refused, or never leave this machine.
std::variant<core::secret, ports::secret_error> read_token(const ports::secrets& secrets,
                                                           const core::secret_reference& from);

/// Reads what an Authorization header to the instance needs, anew at each call: `Bearer TOKEN`, or `Basic` with
/// user and password in base64 (RFC 7617).
std::variant<ports::credentials, ports::secret_error> read_credentials(const ports::secrets& secrets,
                                                                       const core::instance_auth& auth);

/// `text`, redacted if it repeats what was sent in an Authorization header: for what a peer says.
std::string without_credentials(std::string text, const ports::credentials& authorization);

/// The same of all texts of a reply, and of whatever secret.
core::exchange without_credentials(core::exchange seen, const ports::credentials& authorization);
core::exchange without_secret(core::exchange seen, const core::secret& hidden);

}  // namespace tunnelkeyd::app
