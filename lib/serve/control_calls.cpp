#include "serve/control_calls.hpp"

#include "serve/control_json.hpp"
#include "serve/operations.hpp"
#include "serve/refusals.hpp"

#include <boost/asio/post.hpp>

#include <exception>
#include <iterator>
#include <utility>
#include <vector>

namespace tunnelkeyd::serve {

namespace asio = boost::asio;

namespace {

constexpr std::pair<std::string_view, unsigned> statuses[] = {
    {"bad_request", 400},      {"forbidden", 403}, {"unknown_tunnel", 404}, {"not_found", 404},
    {"ambiguous_tunnel", 409}, {"orphaned", 409},  {"no_open_gap", 409},    {"no_stored_key", 409},
    {"another_key", 409},      {"busy_now", 409},  {"configuration", 422},  {"not_ready", 503},
    {"ending", 503},           {"busy", 503},      {"late", 503},
};

answer answer_of(const core::refusal& refused) {
    unsigned status = 500;
    for (const auto& [code, its_status] : statuses)
        if (code == refused.code)
            status = its_status;
    return {status, json_text, text_of(refused)};
}

template <class T>
answer answer_of(const T& done) {
    return {200, json_text, text_of(done)};
}

answer answer_of(const core::rotate_report& done) {
    return {202, json_text, text_of(done)};
}

answer answer_of(const core::revealed_key& done) {
    return {200, json_text, {}, {}, text_of(done)};
}

template <class T>
answer answer_of(const core::result_of<T>& result) {
    try {
        return std::visit([](const auto& each) { return answer_of(each); }, result);
    } catch (const std::exception& failure) {
        return internal_error(failure.what());
    }
}

/// Makes the answer where it is called. The handler may be kept for ever, and called after server and loop have
/// ended: it holds nothing of theirs.
template <class T>
operations::handler<T> answering(const std::shared_ptr<pending_answer>& job) {
    return [weak = std::weak_ptr(job)](const core::result_of<T>& result) {
        if (const auto waiting = weak.lock())
            waiting->finish(answer_of<T>(result));
    };
}

/// The same for what may be thousands of lines: the worker makes the text.
template <class T>
operations::handler<T> answering_by_worker(const std::shared_ptr<server_state>& all,
                                           const std::shared_ptr<pending_answer>& job) {
    return [weak_all = std::weak_ptr(all), weak = std::weak_ptr(job)](core::result_of<T> result) {
        const auto still = weak_all.lock();
        auto waiting = weak.lock();
        if (!still || still->stopped || !waiting)
            return;
        auto work = [&loop = still->loop, waiting = std::move(waiting), result = std::move(result)]() mutable {
            // The last to let go of it is the loop: it holds a timer.
            auto deliver = [waiting = std::move(waiting), made = answer_of<T>(result)]() mutable {
                waiting->finish(std::move(made));
            };
            asio::post(loop, std::move(deliver));
        };
        asio::post(still->worker, std::move(work));
    };
}

void ask(const std::shared_ptr<server_state>& all, const order& asked, const std::string& by,
         const std::shared_ptr<pending_answer>& job) {
    auto& daemon = all->control->asked;
    switch (asked.what) {
    case call::reload:
        return daemon.reload(by, answering<core::reload_outcome>(job));
    case call::rotate:
        return daemon.rotate(asked.tunnel, by, answering<core::rotate_report>(job));
    case call::pause:
    case call::resume:
        return daemon.pause(asked.tunnel, asked.what == call::pause, by, answering<core::pause_report>(job));
    case call::preflight:
        return daemon.preflight(asked.tunnel, answering<core::examination>(job));
    case call::history:
        return daemon.history(asked.tunnel, asked.limit,
                              answering_by_worker<std::vector<core::past_rotation>>(all, job));
    case call::pending:
        return daemon.pending(answering_by_worker<std::vector<core::pending_report>>(all, job));
    case call::reveal:
        return daemon.reveal(asked.tunnel, by, answering<core::revealed_key>(job));
    case call::resolve:
        return daemon.resolve(asked.tunnel, asked.how, asked.number, by, answering<core::resolve_report>(job));
    }
}

}  // namespace

std::shared_ptr<pending_answer> begin_call(const std::shared_ptr<server_state>& all, const order& asked,
                                           const std::string& by) {
    auto job = std::make_shared<pending_answer>(all->loop, all->limits.operation);
    try {
        ask(all, asked, by, job);
    } catch (const std::exception& failure) {
        job->finish(internal_error(failure.what()));
    }
    return job;
}

}  // namespace tunnelkeyd::serve
