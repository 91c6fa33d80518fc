#include "daemon/state_view.hpp"

#include <boost/asio/steady_timer.hpp>

#include <utility>

namespace tunnelkeyd::daemon {

namespace {

namespace asio = boost::asio;

// Half a second old is true enough, and bounds the syncs that any number of monitors can cause.
constexpr core::duration store_answer_lasts{500};
constexpr core::duration store_answers_within = std::chrono::seconds(5);

/// Asks the store, and waits for its answer only so long. Kept alive by whichever of the two comes last.
struct store_question {
    store_question(asio::io_context& loop, ports::write_handler handler)
        : deadline(loop, store_answers_within), answered(std::move(handler)) {}

    void answer(const std::string& error) {
        if (auto handler = std::exchange(answered, nullptr)) {
            deadline.cancel();
            handler(error);
        }
    }

    asio::steady_timer deadline;
    ports::write_handler answered;
};

void ask(asio::io_context& loop, ports::journal& journal, ports::write_handler answered) {
    const auto question = std::make_shared<store_question>(loop, std::move(answered));
    question->deadline.async_wait([question](boost::system::error_code cancelled) {
        if (!cancelled)
            question->answer("the disk has not answered within " + core::to_string(store_answers_within));
    });
    journal.probe(store_answer_lasts, [question](const std::string& error) { question->answer(error); });
}

}  // namespace

state_view::state_view(asio::io_context& loop, ports::clock& clock, ports::log& log)
    : loop_(loop), clock_(clock), log_(log), started_at_(clock.now().wall) {
}

void state_view::started(engine& running, const app::reloader& reload) {
    running_ = &running;
    reload_ = &reload;
}

void state_view::stopping() {
    stopping_ = true;
}

void state_view::look(std::function<void(core::overview)> done) {
    if (running_ == nullptr)
        return done(describe(""));
    ask(loop_, *running_->store, [this, done = std::move(done)](const std::string& error) {
        note_store(error);
        done(describe(error));
    });
}

core::overview state_view::describe(const std::string& store_error) {
    core::overview all;
    all.at = clock_.now().wall;
    all.started_at = started_at_;
    if (stopping_)
        all.not_ready = "stopping";
    else if (running_ == nullptr)
        all.not_ready = "starting: the state store is being opened";
    else if (!store_error.empty())
        all.not_ready = "the state cannot be written: " + store_error;
    if (running_ == nullptr)
        return all;
    all.reload = reload_->report();
    all.problems = core::problems_of(all.reload, store_error);
    running_->supervisor.describe(all);
    return all;
}

void state_view::note_store(const std::string& error) {
    if (error == std::exchange(store_error_, error))
        return;
    const auto problems = core::problems_of(core::reload_report{}, error);
    if (problems.empty())
        log_.write("", {core::log_level::info,
                        "health.recovered",
                        "the state can be written again",
                        {{"code", "store_failing"}}});
    else
        log_.write("", {core::log_level::error,
                        "health.failing",
                        problems.front().message + ": " + problems.front().remedy,
                        {{"code", "store_failing"}}});
}

}  // namespace tunnelkeyd::daemon
