#include "daemon/commands/relative_time.hpp"

namespace tunnelkeyd::daemon {

std::string brief(core::duration length) {
    using namespace std::chrono;
    const auto count = [&](auto unit) { return std::to_string(length / unit); };
    if (length < 2min)
        return count(1s) + "s";
    if (length < 2h)
        return count(1min) + "m";
    if (length < days(2))
        return count(1h) + "h";
    return count(days(1)) + "d";
}

std::string relative(core::wall_time at, core::wall_time now) {
    using std::chrono::seconds;
    if (at >= now + seconds(1))
        return "in " + brief(at - now);
    return now < at + seconds(1) ? "now" : brief(now - at) + " ago";
}

std::string both_ways(core::wall_time at, core::wall_time now) {
    return core::to_iso8601(at) + " (" + relative(at, now) + ")";
}

}  // namespace tunnelkeyd::daemon
