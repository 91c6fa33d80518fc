#pragma once

#include <map>
#include <set>
#include <string>

namespace tunnelkeyd::app {

/// Who waits, in a line for each organization: the lines take turns, so that four hundred in one of them delay
/// nobody in another. Within a line the first by `Before` goes first. Points to whoever waits, and owns nobody.
template <class T, class Before>
class fair_queue {
public:
    /// In which line somebody waits, and their place there, must not change meanwhile.
    void push(const std::string& line, T& who) { size_ += lines_[line].insert(&who).second; }

    void erase(const std::string& line, T& who) {
        const auto found = lines_.find(line);
        if (found == lines_.end())
            return;
        size_ -= found->second.erase(&who);
        if (found->second.empty())
            lines_.erase(found);
    }

    /// Takes the first of the next line whose first `may(T&)` go. Null: nobody may. Costs a question for each
    /// line at most, however long they are.
    template <class May>
    T* take(const May& may) {
        auto line = lines_.upper_bound(served_);
        for (auto left = lines_.size(); left > 0; --left, ++line) {
            if (line == lines_.end())
                line = lines_.begin();
            auto& first = **line->second.begin();
            if (!may(first))
                continue;
            served_ = line->first;
            --size_;
            line->second.erase(line->second.begin());
            if (line->second.empty())
                lines_.erase(line);
            return &first;
        }
        return nullptr;
    }

    [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    [[nodiscard]] std::size_t size(const std::string& line) const {
        const auto found = lines_.find(line);
        return found == lines_.end() ? 0 : found->second.size();
    }

private:
    std::map<std::string, std::set<T*, Before>> lines_;  // none is empty
    std::string served_;                                 // last
    std::size_t size_ = 0;                               // of all lines
};

}  // namespace tunnelkeyd::app
