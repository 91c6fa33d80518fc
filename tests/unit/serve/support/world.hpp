#pragma once

#include "core/overview.hpp"

#include <cstddef>
#include <string>

namespace tunnelkeyd::testing {

/// 2026-03-01T12:00:00Z.
core::wall_time noon();

core::problem problem_of(core::health severity, std::string_view code);

/// An idle tunnel in order, rotated yesterday.
core::tunnel_overview good_tunnel(const std::string& name);

/// "jira" is failing with an open gap, "wiki" degraded with a failed preflight, "bamboo" in order; the
/// organization "acme" is degraded; the daemon is ready, and its last reload failed.
core::overview some_overview();

core::overview many_tunnels(std::size_t count);

}  // namespace tunnelkeyd::testing
