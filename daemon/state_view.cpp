#include "daemon/state_view.hpp"

#include <utility>

namespace tunnelkeyd::daemon {

namespace {

// A sync each; rotations and endpoints notice sooner.
constexpr core::duration between_looks_at_store = std::chrono::minutes(10);
constexpr core::duration until_store_recovers = std::chrono::seconds(10);

}  // namespace

state_view::state_view(boost::asio::io_context& loop, ports::clock& clock, ports::log& log,
                       std::function<core::duration()> log_waits)
    : clock_(clock),
      log_(log),
      log_waits_(std::move(log_waits)),
      store_(loop),
      watch_(loop),
      started_at_(clock.now().wall) {
}

void state_view::started(engine& running, const app::reloader& reload) {
    running_ = &running;
    reload_ = &reload;
    watch_store();
}

void state_view::stopping() {
    stopping_ = true;
}

void state_view::look(const core::extent& extent, std::function<void(core::overview)> done) {
    if (running_ == nullptr)
        return done(describe(extent, ""));
    store_.ask(*running_->store, [this, extent, done = std::move(done)](const std::string& error) {
        note_store(error);
        done(describe(extent, error));
    });
}

core::overview state_view::describe(const core::extent& extent, const std::string& store_error) {
    core::overview all;
    all.at = clock_.now().wall;
    all.started_at = started_at_;
    if (stopping_)
        all.not_ready = "stopping";
    else if (running_ == nullptr)
        all.not_ready = "starting: the state store is being opened";
    else if (!store_error.empty())
        all.not_ready = "the state cannot be written: " + store_error;
    if (running_ == nullptr) {
        all.problems.push_back(core::starting(started_at_, all.at));
    } else {
        all.reload = reload_->report();
        all.problems = core::problems_of(all.reload, store_error);
    }
    if (auto unread = core::log_unread(log_waits_(), all.at))
        all.problems.push_back(std::move(*unread));
    if (running_ == nullptr)
        return all;
    for (auto& each : all.problems)
        if (each.code == "store_failing")
            each.since = store_fails_since_;
    running_->supervisor.describe(all, extent);
    return all;
}

void state_view::watch_store() {
    watch_.expires_after(store_fails_since_ ? until_store_recovers : between_looks_at_store);
    watch_.async_wait([this](boost::system::error_code cancelled) {
        if (cancelled)
            return;
        store_.ask(*running_->store, [this](const std::string& error) {
            note_store(error);
            watch_store();
        });
    });
}

void state_view::note_store(const std::string& error) {
    // Once, however the disk puts it: whoever asks often must not fill the log.
    if (error.empty() != store_fails_since_.has_value())
        return;
    store_fails_since_ = error.empty() ? std::nullopt : std::optional(clock_.now().wall);
    if (!error.empty())
        watch_store();  // soon: it was to be in minutes
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
