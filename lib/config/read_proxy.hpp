#pragma once

#include "config/environment.hpp"
#include "config/mapping.hpp"
#include "core/config.hpp"
#include "core/proxy.hpp"

#include <string>
#include <vector>

namespace tunnelkeyd::config {

/// `none`, `environment`, or a mapping. A tunnel's replaces the default one as a whole.
void read(const field& from, core::proxy_settings& into);

/// What is wrong with $HTTPS_PROXY or another such variable that this configuration uses: one line for each
/// message, with the setting that uses it. For a process that is about to connect; the configuration itself may
/// be read where the environment is another one.
std::vector<std::string> environment_errors(const core::config& settings, const environment& lookup);

/// The way that `environment` has chosen to each server for which it is configured: one line each, for people.
std::vector<std::string> environment_routes(const core::config& settings, const environment& lookup);

}  // namespace tunnelkeyd::config
