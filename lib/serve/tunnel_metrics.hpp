#pragma once

#include "core/overview.hpp"
#include "serve/exposition.hpp"

#include <string>
#include <vector>

/// Private to the metrics.
namespace tunnelkeyd::serve {

/// What there is of each tunnel; `labels` as tunnel_labels() has them.
void put_tunnel_metrics(exposition& into, const core::overview& now, const std::vector<std::string>& labels);

/// What there is once: the verdict with its problems, the configuration, the organizations.
void put_daemon_metrics(exposition& into, const core::overview& now, const std::vector<std::string>& labels);

}  // namespace tunnelkeyd::serve
