#pragma once

#include "core/health.hpp"

#include <string>

/// What ends on a day that is known: a credential, an API key, a client certificate. Private to health*.cpp.
namespace tunnelkeyd::core {

/// Something that ends: nothing while that is far away.
std::optional<problem> expiring(std::string_view code, const std::string& what, std::optional<wall_time> ends,
                                const char* remedy, wall_time now);

/// A client certificate that ends, of the file that `tls` names; nothing where `held` is null.
std::optional<problem> certificate_expiring(std::string_view code, const tls_settings& tls,
                                            const certificate* held, wall_time now);

/// When they would next say something else.
std::optional<wall_time> next_expiry(std::optional<wall_time> ends, wall_time now);

}  // namespace tunnelkeyd::core
