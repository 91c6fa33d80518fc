#pragma once

#include "daemon/commands/status_view.hpp"

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace tunnelkeyd::daemon {

/// A rotation that was waited for, and has ended, or will not without a person.
struct ended_rotation {
    std::string tunnel;
    bool done = false;   ///< the new key is installed
    std::string error;   ///< else why not
    std::string remedy;  ///< and what to do; "" where that is not known
};

/// What became of rotations that were asked for, from one look at the daemon after the other. No I/O.
class rotation_watch {
public:
    /// `before`: as the tunnels were before their rotations were asked for. Has all of them.
    explicit rotation_watch(const status_view& before);

    /// Those that have ended since the last look. An open key gap is waited for: the daemon never gives it up.
    std::vector<ended_rotation> look(const status_view& seen);
    /// The daemon was away. If it was started anew, that may have been within the second of its last start, so
    /// that the time does not tell: the next look takes it for another run.
    void absent() { started_at_.reset(); }
    /// One that could not even be asked for.
    void fail(const std::string& tunnel);
    /// Those whose request a daemon that was started anew does not know of, each once: ask again.
    std::vector<std::string> take_forgotten();

    [[nodiscard]] std::vector<std::string> in_flight() const;
    [[nodiscard]] std::size_t done() const noexcept { return done_; }
    [[nodiscard]] std::size_t failed() const noexcept { return failed_; }
    [[nodiscard]] std::size_t total() const noexcept { return done_ + failed_ + waiting_.size(); }

private:
    struct mark {  ///< by which an end is known
        std::optional<core::wall_time> last_success;
        std::uint64_t installed = 0;
        std::uint64_t ended_otherwise = 0;
    };

    static mark mark_of(const tunnel_view& tunnel);
    [[nodiscard]] std::optional<ended_rotation> end_of(const tunnel_view& tunnel, const mark& before) const;

    std::map<std::string, mark> waiting_;
    std::vector<std::string> forgotten_;
    std::optional<core::wall_time> started_at_;  ///< the daemon's run that was asked
    std::size_t done_ = 0;
    std::size_t failed_ = 0;
};

}  // namespace tunnelkeyd::daemon
