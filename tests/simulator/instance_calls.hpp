#pragma once

#include "simulator/message.hpp"
#include "simulator/truth.hpp"

/// The self-managed instances, told apart by their path's first part: `/jira/status` is the status of `jira`,
/// and
/// `/jira/x/status` is where it has a context `/x`.
namespace tunnelkeyd::simulator {

/// What the request asks for; changes nothing.
route route_to_instance(truth& all, const request& asked);

/// Carries the request out and says what the instance answers. An install is 401 with an HTML page for bad
/// credentials, 403 without `X-Atlassian-Token: no-check`, 400 without a JSON object that has a non-empty
/// `token`.
reply answer_as_instance(truth& all, const request& asked, core::wall_time now);

}  // namespace tunnelkeyd::simulator
