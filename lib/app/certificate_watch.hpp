#pragma once

#include "ports/certificates.hpp"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace tunnelkeyd::app {

/// What the files of client certificates hold. Each is read at once, and then every hour; few at a time, since
/// reading blocks.
class certificate_watch {
public:
    /// `files` outlives it.
    explicit certificate_watch(const ports::certificates& files) : files_(files) {}

    /// These count from now on, and are read anew; until then what was known of them before is.
    void watch(const std::set<std::string>& files, core::steady_time now);

    /// It may have been renewed: it is due, if it is one of them.
    void hurry(const std::string& file, core::steady_time now);

    /// Reads what is due, 16 files at most. Returns those of which something else is known now. A file that
    /// cannot be read, as in the middle of a renewal, says nothing new.
    std::vector<std::string> look(core::steady_time now);

    /// When the next one is due.
    [[nodiscard]] std::optional<core::steady_time> next() const;

    /// Null where it is not known, or none of them. Valid until the next look() or watch().
    [[nodiscard]] const core::certificate* in(const std::string& file) const;

private:
    struct known {
        core::steady_time due;
        std::optional<core::certificate> held;
    };
    void set(const std::string& file, known& what, core::steady_time due);

    const ports::certificates& files_;
    std::map<std::string, known> known_;  // by file
    std::set<std::pair<core::steady_time, std::string>> due_;
};

}  // namespace tunnelkeyd::app
