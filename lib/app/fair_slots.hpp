#pragma once

#include <algorithm>
#include <cstddef>
#include <map>
#include <string>

namespace tunnelkeyd::app {

/// Slots that lines share. Half of them are for whoever comes first; the other half is shared out evenly, and
/// what is a line's own nobody else takes, so that a line which holds on to all that it can get delays no
/// other. A line that is alone may take all. Each line has one of its own, however many they are: with more
/// lines than half of the slots, there are so many more. What is asked here costs the logarithm of the number
/// of lines.
class fair_slots {
public:
    explicit fair_slots(unsigned most) : most_(most), own_(most / 2) {}

    /// Among so many lines from now on. Who holds more than is theirs by then keeps it until it is given back.
    void share_among(std::size_t lines) {
        own_ = std::max(1U, most_ / 2 / static_cast<unsigned>(lines));
        beyond_ = 0;
        for (const auto& [line, held] : held_)
            beyond_ += held - std::min(held, own_);
    }

    [[nodiscard]] unsigned held(const std::string& line) const {
        const auto found = held_.find(line);
        return found == held_.end() ? 0 : found->second;
    }
    [[nodiscard]] bool has_one_for(const std::string& line) const {
        return held(line) < own_ || beyond_ < most_ - most_ / 2;
    }
    /// Only where there is one.
    void take(const std::string& line) { beyond_ += ++held_[line] > own_; }
    void give_back(const std::string& line) { beyond_ -= held_[line]-- > own_; }

private:
    unsigned most_;
    unsigned own_;                          // each line's
    unsigned beyond_ = 0;                   // those that are held beyond that
    std::map<std::string, unsigned> held_;  // by line
};

}  // namespace tunnelkeyd::app
