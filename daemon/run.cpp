#include "daemon/run.hpp"

#include "app/supervisor.hpp"
#include "config/secrets.hpp"
#include "daemon/event_log.hpp"
#include "daemon/open_store.hpp"
#include "daemon/process.hpp"
#include "net/https_cloud.hpp"
#include "net/https_instance.hpp"
#include "net/loop_clock.hpp"
#include "net/system_random.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>

#include <unistd.h>

#include <algorithm>
#include <iostream>
#include <utility>

namespace tunnelkeyd::daemon {

namespace {

namespace asio = boost::asio;

constexpr core::duration time_to_end =
    std::chrono::seconds(25);  // systemd waits for 90 s by default, and kills then

/// Everything that runs, in the order in which it is made; it ends the other way round.
class service {
public:
    service(const command_line& options, const run_command& how, std::shared_ptr<const core::config> config)
        : options_(options),
          how_(how),
          config_(std::move(config)),
          log_(config_->log),
          secrets_(config::process_environment()),
          clock_(loop_),
          store_(open_store(
              config_->state, secrets_,
              [this](std::function<void()> task) { asio::post(loop_, std::move(task)); },
              [this] { return clock_.now().steady; })),
          cloud_(loop_, config_->cloud),
          instance_(loop_),
          world_{clock_, random_, secrets_, *store_, cloud_, instance_, log_},
          supervisor_(world_, config_, take_stock(*store_, *config_)),
          signals_(loop_, SIGINT, SIGTERM),
          deadline_(loop_) {}

    exit_status run() {
        const auto descriptors = raise_descriptor_limit();
        say(core::log_level::info, "daemon.started",
            "tunnelkeyd " TUNNELKEYD_VERSION " (" + options_.config_file + ", state in " +
                config_->state.directory + ", " + std::to_string(descriptors) + " file descriptors)");
        for (const auto& warning : store_->warnings())
            say(core::log_level::error, "store.warning", warning);
        wait_for_signal();
        if (how_.once)
            start_once();
        else
            supervisor_.start();
        loop_.run();
        log_statistics();
        return how_.once ? once_status() : stopped_status();
    }

private:
    void start_once() {
        stop_at(how_.max_wait);
        supervisor_.start_once(how_.tunnels, clock_.now().steady + how_.max_wait, [this] { loop_.stop(); });
    }

    void wait_for_signal() {
        signals_.async_wait([this](boost::system::error_code error, int) {
            if (error)
                return;
            if (std::exchange(stopping_, true)) {
                say(core::log_level::warn, "daemon.stopped",
                    "a second signal: ending at once; what is unfinished is continued at the next start");
                ::_exit(static_cast<int>(how_.once ? exit_status::failed : exit_status::done));
            }
            say(core::log_level::info, "daemon.stopping",
                "stopping: no new rotation begins, and those under way get up to 25 s");
            wait_for_signal();
            stop_at(time_to_end);
            supervisor_.drain(clock_.now().steady + time_to_end, [this] { loop_.stop(); });
        });
    }

    void stop_at(core::duration from_now) {
        deadline_.expires_after(from_now);
        deadline_.async_wait([this](boost::system::error_code error) {
            if (!error)
                loop_.stop();
        });
    }

    void log_statistics() {
        const auto sum = store_->statistics();
        log_.write("", {core::log_level::info,
                        "store.statistics",
                        "what the state store did in this run",
                        {{"commits", std::to_string(sum.commits)},
                         {"writes", std::to_string(sum.writes)},
                         {"failures", std::to_string(sum.failures)}}});
    }

    exit_status stopped_status() {
        const auto open = supervisor_.open_gaps();
        std::string names;
        for (const auto& name : open)
            names += (names.empty() ? "" : ", ") + name;
        if (open.empty())
            say(core::log_level::info, "daemon.stopped", "no key gap is open");
        else
            say(core::log_level::error, "daemon.stopped",
                "still open: the key gap of " + names + "; work on it goes on at the next start");
        return exit_status::done;
    }

    exit_status once_status() {
        const auto sum = supervisor_.result();
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

    void say(core::log_level level, std::string_view name, std::string message) {
        log_.write("", {level, name, std::move(message), {}});
    }

    const command_line& options_;
    const run_command& how_;
    std::shared_ptr<const core::config> config_;
    asio::io_context loop_{1};
    event_log log_;
    config::secret_reader secrets_;
    net::loop_clock clock_;
    net::system_random random_;
    std::unique_ptr<store::state_store> store_;
    net::https_cloud cloud_;
    net::https_instance instance_;
    app::outside world_;
    app::supervisor supervisor_;
    asio::signal_set signals_;
    asio::steady_timer deadline_;
    bool stopping_ = false;
};

/// Does the configuration have every tunnel that --tunnel names? Says which it has not.
bool names_are_known(const run_command& how, const core::config& config) {
    bool known = true;
    for (const auto& name : how.tunnels) {
        const bool found = std::any_of(config.tunnels.begin(), config.tunnels.end(),
                                       [&](const core::tunnel& tunnel) { return tunnel.name == name; });
        if (!found)
            std::cerr << "tunnelkeyd: --tunnel " << name << ": the configuration has no tunnel of that name\n";
        known = known && found;
    }
    return known;
}

exit_status status_of(store::error_kind kind) {
    switch (kind) {
    case store::error_kind::locked:
        return exit_status::already_running;
    case store::error_kind::sealing_key:
        return exit_status::configuration;
    default:
        return exit_status::failed;
    }
}

}  // namespace

exit_status run(const command_line& options, const run_command& how,
                std::shared_ptr<const core::config> config) {
    if (!names_are_known(how, *config))
        return exit_status::usage;
    try {
        return service(options, how, std::move(config)).run();
    } catch (const store::error& problem) {
        std::cerr << "tunnelkeyd: " << problem.what() << '\n';
        return status_of(problem.kind());
    }
}

}  // namespace tunnelkeyd::daemon
