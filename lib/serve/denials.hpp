#pragma once

#include "ports/log.hpp"

#include <sys/types.h>

#include <chrono>
#include <cstddef>
#include <map>
#include <string>
#include <string_view>

/// Private to the servers.
namespace tunnelkeyd::serve {

/// Tells the log who was refused at the control socket, and what they asked for. Whoever is refused may ask as
/// often as they like, so a line is not written for each: in each ten minutes (from a first refusal on) at most
/// five for one user, so that nobody hides behind another, and twenty in all. The next line says how many were
/// left out.
class denials {
public:
    using time_point = std::chrono::steady_clock::time_point;

    /// `log` outlives it.
    explicit denials(ports::log& log) : log_(log) {}

    /// `by` is the user's name, for people; `path` what was asked for, as it came.
    void note(uid_t user, const std::string& by, std::string_view path, time_point now);

private:
    ports::log& log_;
    time_point until_{};                 ///< the end of the ten minutes
    std::map<uid_t, unsigned> written_;  ///< lines within them
    unsigned written_in_all_ = 0;
    std::size_t left_out_ = 0;  ///< since the last line
};

}  // namespace tunnelkeyd::serve
