#include "serve/connection_list.hpp"

namespace tunnelkeyd::serve {

bool connection_list::make_room() {
    while (idle_.size() + busy_.size() >= most_)
        if (!close_longest_idle())
            return false;
    return true;
}

bool connection_list::close_longest_idle() {
    if (idle_.empty())
        return false;
    auto& longest = *idle_.front();
    remove(longest);
    longest.close();
    return true;
}

void connection_list::add(member& added) {
    added.at_ = idle_.insert(idle_.end(), &added);
    added.listed_ = added.idle_ = true;
}

void connection_list::remove(member& gone) {
    if (!gone.listed_)
        return;
    (gone.idle_ ? idle_ : busy_).erase(gone.at_);
    gone.listed_ = false;
}

void connection_list::move(member& one, bool idle) {
    if (!one.listed_ || one.idle_ == idle)
        return;
    auto& from = one.idle_ ? idle_ : busy_;
    auto& to = idle ? idle_ : busy_;
    to.splice(to.end(), from, one.at_);
    one.idle_ = idle;
}

void connection_list::close_all() {
    for (auto* one : idle_)
        one->close();
    for (auto* one : busy_)
        one->close();
}

}  // namespace tunnelkeyd::serve
