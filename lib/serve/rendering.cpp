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

/// No more than the page shows: copying ten thousand tunnels takes time, and the loop's.
core::extent extent_of(const route& asked) {
    using kind = core::extent::kind;
    if (asked.what == page::ready)
        return {kind::daemon};
    if (asked.what == page::health)
        return {kind::problems};
    if (asked.what == page::tunnel_health || asked.what == page::tunnel_status)
        return {kind::tunnel, asked.tunnel};
    return {kind::everything};
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
    // Weak: whoever was asked may keep the handler for ever, or answer after the server and its loop have
    // ended.
    auto looked = [weak = std::weak_ptr(all), weak_job = std::weak_ptr(job)](core::overview seen) {
        const auto still = weak.lock();
        const auto waiting = weak_job.lock();
        if (!still || still->stopped || !waiting || std::exchange(waiting->looked, true))
            return;
        go_on(*still, waiting, std::move(seen));
    };
    try {
        all->look_at(extent_of(job->asked), std::move(looked));
    } catch (const std::exception& failure) {
        job->finish(internal_error(failure.what()));
    }
    return job;
}

}  // namespace tunnelkeyd::serve
