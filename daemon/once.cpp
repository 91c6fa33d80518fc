#include "daemon/once.hpp"

#include "config/secrets.hpp"
#include "daemon/announce.hpp"
#include "daemon/complaint.hpp"
#include "daemon/engine.hpp"
#include "daemon/event_log.hpp"
#include "daemon/known_tunnels.hpp"
#include "daemon/open_store.hpp"
#include "daemon/process.hpp"
#include "net/loop_clock.hpp"
#include "serve/metrics_registry.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>

#include <unistd.h>

#include <csignal>
#include <iostream>
#include <utility>

namespace tunnelkeyd::daemon {

namespace {

namespace asio = boost::asio;

/// Everything that runs, in the order in which it is made; it ends the other way round.
class once {
public:
    once(const command_line& options, const run_command& how, std::shared_ptr<const core::config> config,
         event_log& log)
        : how_(how),
          log_(log),
          secrets_(config::process_environment()),
          clock_(loop_),
          signals_(loop_, SIGINT, SIGTERM),
          deadline_(loop_) {
        auto store = open_store(
            config->state, secrets_, [this](std::function<void()> task) { asio::post(loop_, std::move(task)); },
            [this] { return clock_.now().steady; });
        announce_start(log_, *config, options.config_file);
        for (const auto& warning : store->warnings())
            log_.write("", {core::log_level::error, "store.warning", warning, {}});
        auto contents = take_stock(*store, *config);
        const surroundings around{loop_, clock_, secrets_, log_, metrics_};
        engine_ = std::make_unique<engine>(around, std::move(config), std::move(store), std::move(contents));
    }

    exit_status run() {
        wait_for_signal();
        stop_at(how_.max_wait);
        engine_->supervisor.start_once(how_.tunnels, clock_.now().steady + how_.max_wait,
                                       [this] { loop_.stop(); });
        loop_.run();
        announce_statistics(log_, *engine_->store);
        return status();
    }

private:
    void wait_for_signal() {
        signals_.async_wait([this](boost::system::error_code error, int) {
            if (error)
                return;
            if (std::exchange(stopping_, true)) {
                announce_abort(log_);
                log_.flush();
                ::_exit(static_cast<int>(exit_status::failed));
            }
            announce_stopping(log_);
            wait_for_signal();
            stop_at(time_to_end);
            engine_->supervisor.drain(clock_.now().steady + time_to_end, [this] { loop_.stop(); });
        });
    }

    void stop_at(core::duration from_now) {
        deadline_.expires_after(from_now);
        deadline_.async_wait([this](boost::system::error_code error) {
            if (!error)
                loop_.stop();
        });
    }

    exit_status status() {
        const auto sum = engine_->supervisor.result();
        std::cout << sum.rotated << " rotated, " << sum.failed << " failed, " << sum.held << " held, "
                  << sum.unfinished << " unfinished\n";
        if (sum.confirmations_owed > 0)
            std::cout << sum.confirmations_owed
                      << " to be confirmed by one more rotation, due at a later --once (retry.settle)\n";
        if (sum.orphaned > 0)
            std::cout << sum.orphaned << " orphaned: see tunnel.orphaned in the log\n";
        const bool all_done = sum.failed + sum.held + sum.unfinished + sum.orphaned == 0;
        return all_done ? exit_status::done : exit_status::failed;
    }

    const run_command& how_;
    asio::io_context loop_{1};
    event_log& log_;
    config::secret_reader secrets_;
    net::loop_clock clock_;
    serve::metrics_registry metrics_;
    std::unique_ptr<engine> engine_;
    asio::signal_set signals_;
    asio::steady_timer deadline_;
    bool stopping_ = false;
};

}  // namespace

exit_status run_once(const command_line& options, const run_command& how,
                     std::shared_ptr<const core::config> config) {
    if (!are_known(how.tunnels, *config, "--tunnel "))
        return exit_status::usage;
    event_log log(config->log);
    try {
        return once(options, how, std::move(config), log).run();
    } catch (const store::error& problem) {
        log.write_last(failure(problem.what()));
        return status_of(problem.kind());
    }
}

}  // namespace tunnelkeyd::daemon
