#include "daemon/status_line.hpp"

namespace tunnelkeyd::daemon {

std::string status_line(const app::summary& sum, bool store_failing) {
    std::string line = std::to_string(sum.tunnels) + (sum.tunnels == 1 ? " tunnel, " : " tunnels, ") +
                       std::to_string(sum.rotating) + " rotating";
    if (store_failing)
        line += ", STATE CANNOT BE WRITTEN";
    if (sum.failing > 0)
        line += ", " + std::to_string(sum.failing) + " FAILING";
    if (sum.degraded > 0)
        line += ", " + std::to_string(sum.degraded) + " degraded";
    if (!sum.next.empty())
        line += ", next " + sum.next + " at " + core::to_iso8601(sum.next_at);
    return line;
}

}  // namespace tunnelkeyd::daemon
