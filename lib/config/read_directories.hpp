#pragma once

#include "config/environment.hpp"
#include "config/mapping.hpp"
#include "core/config.hpp"

#include <optional>
#include <string>

namespace tunnelkeyd::config {

/// Reads `state` and `control`: what lies in the directories that systemd makes for the daemon. Where it says
/// in the environment which they are, that wins over the file, with a warning if the file says otherwise.
class directories_reader {
public:
    /// All are referred to.
    directories_reader(const field& top, const environment& lookup, problems& warnings)
        : top_(top), lookup_(lookup), warnings_(warnings) {}

    void read_state(const std::optional<field>& from, core::state_settings& into) const;
    void read_control(const std::optional<field>& from, core::control_settings& into) const;

private:
    [[nodiscard]] std::string directory_in(const char* variable) const;
    void warn_unless_same(const std::optional<field>& written, const std::string& path,
                          const std::string& instead, const char* variable) const;

    const field& top_;
    const environment& lookup_;
    problems& warnings_;
};

}  // namespace tunnelkeyd::config
