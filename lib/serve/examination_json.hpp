#pragma once

#include "core/requests.hpp"

#include <string>

namespace tunnelkeyd::serve {

/// {"tunnel", "passed", "checks": [{"check", "result", "found", "remedy"}]}, and a line end.
std::string examination_json(const core::examination& of);

}  // namespace tunnelkeyd::serve
