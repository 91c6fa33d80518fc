#pragma once

#include "core/requests.hpp"

/// Refusals that are given in more than one place.
namespace tunnelkeyd::core {

/// The daemon is ending.
refusal ending();
/// No tunnel goes by this name. `listed_by`: what lists those that do, as a sentence.
refusal unknown_tunnel(const std::string& name, std::string listed_by);
/// `shown_by`: the command that shows their hostnames.
refusal ambiguous_tunnel(const std::string& name, const std::string& shown_by);

}  // namespace tunnelkeyd::core
