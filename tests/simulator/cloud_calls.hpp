#pragma once

#include "simulator/message.hpp"
#include "simulator/truth.hpp"

/// The cloud's admin API, as far as the daemon uses it.
namespace tunnelkeyd::simulator {

/// What the request asks for; changes nothing.
route route_to_cloud(truth& all, const request& asked);

/// Carries the request out and says what the cloud answers: 200 with JSON, 401 with an HTML page for a bad API
/// key, 404 for an unknown organization or tunnel, 429 with Retry-After and X-RateLimit-Reset past the
/// organization's limit.
reply answer_as_cloud(truth& all, const request& asked, core::wall_time now);

}  // namespace tunnelkeyd::simulator
