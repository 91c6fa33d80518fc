#include "simulator/request_log.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace tunnelkeyd::simulator {

namespace {

constexpr std::size_t longest_target = 512;

}  // namespace

request_log::request_log(std::size_t kept) : most_kept_(kept) {
}

std::uint64_t request_log::arrived(request_record record) {
    record.number = ++last_number_;
    record.target.resize(std::min(record.target.size(), longest_target));
    const route to = record.to;
    kept_.push_back(std::move(record));
    if (kept_.size() > most_kept_)
        kept_.pop_front();
    count_up(to, stage_of_request::arrived);
    return last_number_;
}

void request_log::applied(const route& to) {
    count_up(to, stage_of_request::applied);
}

void request_log::answered(std::uint64_t number, const route& to, unsigned status) {
    const auto oldest = last_number_ - kept_.size() + 1;
    if (number >= oldest)
        kept_[number - oldest].status = status;
    count_up(to, stage_of_request::answered);
}

std::uint64_t request_log::count(const request_condition& of) const {
    const auto found = counts_.find(of.tunnel);
    if (found == counts_.end())
        return 0;
    const auto stage = static_cast<std::size_t>(of.stage);
    if (of.what)
        return found->second[static_cast<std::size_t>(*of.what)][stage];
    std::uint64_t sum = 0;
    for (const auto& per_stage : found->second)
        sum += per_stage[stage];
    return sum;
}

std::uint64_t request_log::count(side of, stage_of_request stage) const {
    return side_counts_[static_cast<std::size_t>(of)][static_cast<std::size_t>(stage)];
}

std::uint64_t request_log::when(request_condition condition, std::function<void()> met) {
    if (count(condition) >= condition.count)
        return 0;
    waiters_.push_back({++last_ticket_, std::move(condition), std::move(met)});
    return last_ticket_;
}

void request_log::forget(std::uint64_t ticket) {
    std::erase_if(waiters_, [ticket](const waiter& candidate) { return candidate.ticket == ticket; });
}

void request_log::count_up(const route& to, stage_of_request stage) {
    const auto what = static_cast<std::size_t>(to.what);
    const auto reached = static_cast<std::size_t>(stage);
    ++side_counts_[static_cast<std::size_t>(to.to)][reached];
    ++counts_[""][what][reached];
    if (!to.tunnel.empty())
        ++counts_[to.tunnel][what][reached];
    // A callback may wait for the next thing, so it is called once the list is whole again.
    std::vector<std::function<void()>> met;
    std::erase_if(waiters_, [&](waiter& candidate) {
        if (count(candidate.condition) < candidate.condition.count)
            return false;
        met.push_back(std::move(candidate.met));
        return true;
    });
    for (const auto& call_back : met)
        call_back();
}

}  // namespace tunnelkeyd::simulator
