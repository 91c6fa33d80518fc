#include "serve/rendering.hpp"

#include "serve/pages.hpp"
#include "serve/refusals.hpp"

#include <boost/asio/post.hpp>

#include <utility>

namespace tunnelkeyd::serve {

namespace asio = boost::asio;

namespace {

answer render(const route& asked, const core::overview& seen, const metrics_registry& metrics) {
    try {
        return make_page(asked, seen, metrics);
    } catch (const std::exception& failure) {
        return internal_error(failure.what());
    }
}

/// On the loop, with the look that was asked for.
void go_on(server_state& all, std::shared_ptr<rendering> job, core::overview seen) {
    if (job->asked.what == page::ready) {
        job->finish(render(job->asked, seen, all.metrics));
        return;
    }
    auto work = [&loop = all.loop, &metrics = all.metrics, job = std::move(job),
                 seen = std::move(seen)]() mutable {
        answer made;
        if (!job->abandoned)
            made = render(job->asked, seen, metrics);
        // The last to let go of it is the loop: it holds a timer.
        auto deliver = [job = std::move(job), made = std::move(made)]() mutable {
            job->finish(std::move(made));
        };
        asio::post(loop, std::move(deliver));
    };
    asio::post(all.worker, std::move(work));
}

}  // namespace

std::shared_ptr<rendering> begin_rendering(const std::shared_ptr<server_state>& all, route asked) {
    auto job = std::make_shared<rendering>(all->loop, std::move(asked), all->limits.answer);
    // Weak: whoever was asked may keep the handler for ever, and answer after the server has ended.
    auto looked = [weak = std::weak_ptr(all), job](core::overview seen) {
        const auto still = weak.lock();
        if (still && !still->stopped && !job->abandoned && !std::exchange(job->looked, true))
            go_on(*still, job, std::move(seen));
    };
    try {
        all->look_at(std::move(looked));
    } catch (const std::exception& failure) {
        job->finish(internal_error(failure.what()));
    }
    return job;
}

}  // namespace tunnelkeyd::serve
