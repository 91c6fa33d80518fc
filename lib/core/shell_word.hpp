#pragma once

#include <string>
#include <string_view>

namespace tunnelkeyd::core {

/// As a shell reads it back, for commands that people copy: 'it'\''s'.
std::string shell_word(std::string_view text);

}  // namespace tunnelkeyd::core
