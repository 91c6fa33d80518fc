#include "simulator/faults.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>
#include <utility>

namespace tunnelkeyd::simulator {

namespace {

constexpr std::array<std::string_view, 17> kind_names = {
    "drop_before", "drop_after", "reset",    "late",       "stall",          "truncate",
    "status",      "login_page", "redirect", "malformed",  "huge",           "interim",
    "body",        "hold",       "slow",     "close_idle", "no_close_notify"};
constexpr std::size_t most_active = 100'000;
constexpr std::size_t kept_spent = 1000;

bool matches(const fault& candidate, call what, std::string_view tunnel) {
    return (!candidate.what || *candidate.what == what) &&
           (candidate.tunnel.empty() || candidate.tunnel == tunnel);
}

}  // namespace

std::string_view to_string(fault_kind kind) {
    return kind_names.at(static_cast<std::size_t>(kind));
}

std::uint64_t fault_table::add(fault added) {
    if (active_.size() >= most_active)
        throw std::invalid_argument("too many faults are set");
    added.id = ++last_id_;
    return active_.emplace_back(std::move(added)).id;
}

std::optional<fault> fault_table::pick(call what, std::string_view tunnel,
                                       const std::function<double()>& uniform) {
    for (auto at = active_.begin(); at != active_.end(); ++at) {
        if (!matches(*at, what, tunnel) || (at->probability < 1 && uniform() >= at->probability))
            continue;
        ++at->fired;
        fault picked = *at;
        if (at->times != 0 && at->fired >= at->times) {
            spent_.push_back(std::move(*at));
            active_.erase(at);
            if (spent_.size() > kept_spent)
                spent_.pop_front();
        }
        return picked;
    }
    return std::nullopt;
}

void fault_table::clear() {
    active_.clear();
    spent_.clear();
}

}  // namespace tunnelkeyd::simulator
