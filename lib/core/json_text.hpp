#pragma once

#include <string>
#include <string_view>

namespace tunnelkeyd::core {

/// A text as JSON writes it, in double quotes (YAML reads it, too). Bytes that are no UTF-8 are replaced.
std::string json_text(std::string_view text);

}  // namespace tunnelkeyd::core
