#pragma once

#include "daemon/commands/context.hpp"
#include "daemon/commands/rotation_watch.hpp"

#include <iosfwd>
#include <string>
#include <vector>

namespace tunnelkeyd::daemon {

/// What `rotate` prints: lines, a progress bar where it waits on a terminal, or JSON at the end.
class rotate_output {
public:
    rotate_output(std::ostream& out, std::ostream& err, const command_context& all, bool waits);

    void asked(const std::string& tunnel, bool joined);
    void ended(const ended_rotation& rotation);
    /// Aside, on standard error.
    void note(const std::string& text);
    /// Drawn over the last one.
    void progress(const rotation_watch& watch);
    void finish(const rotation_watch& watch);

private:
    void wipe_progress();
    void put(const std::string& text);
    void print_json() const;

    std::ostream& out_;
    std::ostream& err_;
    display on_;
    bool json_;
    bool waits_;
    bool drawn_ = false;
    std::vector<std::pair<std::string, bool>> asked_;
    std::vector<ended_rotation> ended_;
};

}  // namespace tunnelkeyd::daemon
