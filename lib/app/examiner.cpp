#include "app/examiner.hpp"

#include <utility>

namespace tunnelkeyd::app {

void examiner::examine(std::shared_ptr<const core::tunnel> settings, examination_run::result_handler done,
                       std::optional<core::check_line> store) {
    const auto number = begun_++;
    auto ended = [this, number, done = std::move(done)](core::examination found) {
        const auto over = runs_.extract(number);  // lives until this returns
        done(std::move(found));
    };
    auto& run = runs_[number];
    run = std::make_unique<examination_run>(world_, cloud_, std::move(settings), std::move(ended));
    if (store)
        run->start(std::move(*store));
    else
        run->start();
}

}  // namespace tunnelkeyd::app
