#pragma once

#include <string>
#include <string_view>

/// Names, and texts that nobody can guess, from OpenSSL's generator. Any thread.
namespace tunnelkeyd::simulator {

/// A security key as in Atlassian's published sample: 88 characters of URL-safe base64, of 64 bytes, with
/// padding.
std::string random_key();

/// A version 5 UUID (RFC 9562, section 5.5), lower case: always the same for a name, so that a configuration
/// can be written before the simulator runs.
std::string uuid_of(std::string_view name);

/// `bytes` random bytes as URL-safe base64 without padding: a token, a password.
std::string random_token(std::size_t bytes);

/// Plain base64 with padding (RFC 4648, section 4), for Basic credentials.
std::string base64(std::string_view bytes);

/// Uniform over [0, 1).
double random_uniform();

}  // namespace tunnelkeyd::simulator
