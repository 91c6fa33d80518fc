#include "simulation/trace.hpp"

#include <vector>

namespace tunnelkeyd::simulation {

namespace {

constexpr std::size_t most_lines = 200'000;

}  // namespace

void trace::write(core::wall_time at, std::string_view hostname, std::string_view what) {
    if (!on)
        return;
    lines_.push_back({at, std::string(hostname), std::string(what)});
    if (lines_.size() > most_lines)
        lines_.pop_front();
}

std::string trace::of(std::string_view hostname, std::size_t count) const {
    std::vector<const line*> found;
    for (auto each = lines_.rbegin(); each != lines_.rend() && found.size() < count; ++each)
        if (each->hostname.empty() || each->hostname == hostname || hostname.empty())
            found.push_back(&*each);
    std::string text;
    for (auto each = found.rbegin(); each != found.rend(); ++each)
        text += core::to_iso8601_milliseconds((*each)->at) + "  " +
                ((*each)->hostname.empty() ? "*" : (*each)->hostname) + "  " + (*each)->what + "\n";
    return text;
}

}  // namespace tunnelkeyd::simulation
