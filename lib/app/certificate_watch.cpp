#include "app/certificate_watch.hpp"

namespace tunnelkeyd::app {

namespace {

constexpr core::duration between_looks = std::chrono::hours(1);
constexpr unsigned most_at_once = 16;

bool same(const std::optional<core::certificate>& one, const core::certificate& other) {
    return one && one->not_after == other.not_after && one->subject == other.subject;
}

}  // namespace

void certificate_watch::watch(const std::set<std::string>& files, core::steady_time now) {
    due_.clear();
    std::erase_if(known_, [&](const auto& each) { return !files.contains(each.first); });
    for (const auto& file : files) {
        known_[file].due = now;
        due_.emplace(now, file);
    }
}

void certificate_watch::hurry(const std::string& file, core::steady_time now) {
    if (const auto found = known_.find(file); found != known_.end())
        set(file, found->second, now);
}

std::vector<std::string> certificate_watch::look(core::steady_time now) {
    std::vector<std::string> changed;
    for (unsigned i = 0; i < most_at_once && !due_.empty() && due_.begin()->first <= now; ++i) {
        const auto file = due_.begin()->second;
        auto& what = known_.at(file);
        set(file, what, now + between_looks);
        auto found = files_.read(file);
        if (!found || same(what.held, *found))
            continue;
        what.held = std::move(found);
        changed.push_back(file);
    }
    return changed;
}

std::optional<core::steady_time> certificate_watch::next() const {
    return due_.empty() ? std::nullopt : std::optional(due_.begin()->first);
}

const core::certificate* certificate_watch::in(const std::string& file) const {
    const auto found = known_.find(file);
    return found != known_.end() && found->second.held ? &*found->second.held : nullptr;
}

void certificate_watch::set(const std::string& file, known& what, core::steady_time due) {
    due_.erase({what.due, file});
    what.due = due;
    due_.emplace(due, file);
}

}  // namespace tunnelkeyd::app
