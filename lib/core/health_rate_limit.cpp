#include "core/health_rate_limit.hpp"

#include <utility>

namespace tunnelkeyd::core {

std::optional<problem> rate_limited(const organization_gate& gate, moment now) {
    const auto pause = gate.rate_limit(now);
    if (!pause)
        return std::nullopt;
    const auto by_wall_clock = [&](steady_time at) { return now.wall + (at - now.steady); };
    std::string message =
        "the organization has used up its rate limit (HTTP 429): its tunnels ask the cloud for "
        "nothing until " +
        to_iso8601(by_wall_clock(pause->until));
    if (pause->open_gaps_until < pause->until)
        message += ", those with an open key gap until " + to_iso8601(by_wall_clock(pause->open_gaps_until));
    return problem{
        health::degraded, "rate_limited", std::move(message),
        "nothing: they go on by themselves then; if it comes again and again, see what else uses the "
        "organization's API",
        by_wall_clock(pause->since)};
}

}  // namespace tunnelkeyd::core
