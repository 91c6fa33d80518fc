#pragma once

#include "config/mapping.hpp"
#include "core/config.hpp"

namespace tunnelkeyd::config {

/// `health`. Warns where other machines can reach the address.
void read(const field& from, core::health_settings& into, problems& warnings);

/// ADDRESS:PORT, the address numeric and an IPv6 one in brackets, or `none`: nothing. Normalized, so that two
/// that mean the same are equal.
bool read(const field& from, std::optional<core::listen_address>& into);

}  // namespace tunnelkeyd::config
