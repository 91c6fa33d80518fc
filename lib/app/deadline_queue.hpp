#pragma once

#include <optional>
#include <set>
#include <utility>

namespace tunnelkeyd::app {

/// One deadline an owner, ordered by time and then by the owner's number, so that runs repeat exactly. Each
/// operation costs the logarithm of the number of deadlines. `Owner` has `std::uint64_t number`; it keeps its
/// own deadline in the member that `Slot` names, so that there is no second index.
template <class Time, class Owner, std::optional<Time> Owner::*Slot>
class deadline_queue {
public:
    void set(Owner& owner, Time at) {
        clear(owner);
        owner.*Slot = at;
        queue_.insert({at, &owner});
    }

    void clear(Owner& owner) {
        if (const auto at = std::exchange(owner.*Slot, std::nullopt))
            queue_.erase({*at, &owner});
    }

    [[nodiscard]] std::optional<Time> next() const {
        return queue_.empty() ? std::nullopt : std::optional(queue_.begin()->first);
    }

    /// Whose deadline is the next; null when there is none.
    [[nodiscard]] const Owner* first() const { return queue_.empty() ? nullptr : queue_.begin()->second; }

    /// Takes out the first owner whose deadline is at or before `now`; null when there is none.
    [[nodiscard]] Owner* take_due(Time now) {
        if (queue_.empty() || queue_.begin()->first > now)
            return nullptr;
        Owner* owner = queue_.begin()->second;
        clear(*owner);
        return owner;
    }

private:
    using item = std::pair<Time, Owner*>;
    struct earlier {
        bool operator()(const item& a, const item& b) const {
            return std::pair(a.first, a.second->number) < std::pair(b.first, b.second->number);
        }
    };
    std::set<item, earlier> queue_;
};

}  // namespace tunnelkeyd::app
