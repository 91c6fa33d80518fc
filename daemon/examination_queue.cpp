#include "daemon/examination_queue.hpp"

#include <utility>

namespace tunnelkeyd::daemon {

namespace {

constexpr std::size_t most_at_once = 8;

}  // namespace

examination_queue::examination_queue(std::vector<std::string> tunnels, examination_source source,
                                     std::function<void(const std::string& json)> hand_over)
    : tunnels_(std::move(tunnels)),
      source_(std::move(source)),
      hand_over_(std::move(hand_over)),
      complete_(tunnels_.size()) {
}

void examination_queue::start(std::function<void()> finished) {
    finished_ = std::move(finished);
    go_on();
}

void examination_queue::go_on() {
    if (std::exchange(going_on_, true))
        return;  // a source that answered inside the call below: the loop goes on
    for (;;) {
        while (handed_over_ < begun_ && complete_[handed_over_])
            hand_over_(*std::exchange(complete_[handed_over_++], std::nullopt));
        if (begun_ == tunnels_.size() || under_way_ == most_at_once)
            break;
        const auto number = begun_++;
        ++under_way_;
        source_(tunnels_[number], [this, number](std::string json) {
            --under_way_;
            complete_[number] = std::move(json);
            go_on();
        });
    }
    going_on_ = false;
    if (handed_over_ == tunnels_.size())
        if (const auto finished = std::exchange(finished_, nullptr))
            finished();
}

}  // namespace tunnelkeyd::daemon
