#include "app/supervised.hpp"
#include "app/supervisor.hpp"

#include <algorithm>
#include <utility>

// When there is nothing left to do, and what it all came to.
namespace tunnelkeyd::app {

void supervisor::drain(core::steady_time deadline, std::function<void()> quiet) {
    draining_ = true;
    deadline_ = deadline;
    quiet_ = std::move(quiet);
    tell_if_quiet();
}

/// Could it still end before the deadline?
bool supervisor::is_under_way(supervised& tunnel) const {
    using phase = core::rotation::phase;
    const auto& state = tunnel.state();
    const bool sleeps = tunnel.alarm && *tunnel.alarm > deadline_ && tunnel.wants != supervised::wish::dawdle;
    switch (state.where()) {
    case phase::idle:
    case phase::held:
        return false;
    case phase::preflight:
    case phase::permit:
        if (is_orphan(tunnel) && !tunnel.is_preflighting())
            return false;
        return !sleeps && (!draining_ || state.gap_open()) && !blocked_.contains(tunnel.key());
    case phase::waiting:
    case phase::closing:
        return !sleeps;
    default:
        return true;
    }
}

void supervisor::tell_if_quiet() {
    if (!quiet_ || pumping_)
        return;
    for (const auto& [number, tunnel] : working_)
        if (is_under_way(*tunnel))
            return;
    // Whoever is blocked waits for one of those.
    const auto blocked =
        std::count_if(blocked_.begin(), blocked_.end(), [](const auto& each) { return each.second->untried; });
    if (once_ && !draining_ && untried_ > static_cast<std::size_t>(blocked))
        return;
    std::exchange(quiet_, nullptr)();
}

once_result supervisor::result() const {
    once_result sum;
    sum.orphaned = static_cast<unsigned>(unreadable_.size());
    sum.unfinished = untried_;
    for (const auto& tunnel : tunnels_) {
        const auto& state = tunnel->state();
        sum.confirmations_owed += state.record().confirmation_owed;
        if (is_orphan(*tunnel))
            ++sum.orphaned;
        else if (state.where() == core::rotation::phase::held)
            ++sum.held;
        else if (state.gap_open() || !state.is_idle())
            ++sum.unfinished;
        else if (tunnel->tried)
            ++(tunnel->failed ? sum.failed : sum.rotated);
    }
    return sum;
}

std::vector<std::string> supervisor::open_gaps() const {
    std::vector<std::string> names;
    for (const auto& [number, tunnel] : working_)
        if (tunnel->state().gap_open())
            names.push_back(tunnel->settings().name);
    return names;
}

}  // namespace tunnelkeyd::app
