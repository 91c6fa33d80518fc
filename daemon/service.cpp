#include "daemon/service.hpp"

#include "app/reloader.hpp"
#include "config/secrets.hpp"
#include "core/refusals.hpp"
#include "daemon/announce.hpp"
#include "daemon/complaint.hpp"
#include "daemon/config_source.hpp"
#include "daemon/engine.hpp"
#include "daemon/event_log.hpp"
#include "daemon/open_store.hpp"
#include "daemon/operations.hpp"
#include "daemon/process.hpp"
#include "daemon/service_manager.hpp"
#include "daemon/state_view.hpp"
#include "daemon/status_line.hpp"
#include "net/loop_clock.hpp"
#include "serve/control_server.hpp"
#include "serve/health_server.hpp"
#include "serve/metrics_registry.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>

#include <malloc.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <optional>
#include <utility>

namespace tunnelkeyd::daemon {

namespace {

namespace asio = boost::asio;

constexpr core::duration usual_tick = std::chrono::seconds(5);

/// Everything that runs, in the order in which it is made; it ends the other way round.
class service {
public:
    service(const command_line& options, std::shared_ptr<const core::config> config)
        : options_(options),
          config_(std::move(config)),
          log_(config_->log),
          secrets_(config::process_environment()),
          clock_(loop_),
          view_(loop_, clock_, log_, [this] { return log_.waits(); }),
          signals_(loop_, SIGINT, SIGTERM, SIGHUP),
          deadline_(loop_),
          tick_(loop_) {}

    exit_status run() {
        listen();
        wait_for_signal();
        keep_ticking();
        manager_.status("opening the state store");
        asio::post(worker_, [this] { open(); });
        loop_.run();
        if (engine_)
            announce_statistics(log_, *engine_->store);
        return status_;
    }

private:
    void listen() {
        if (!config_->health.listen)
            return;
        try {
            health_ = std::make_unique<serve::health_server>(
                loop_, *config_->health.listen,
                [this](const core::extent& extent, serve::look_handler done) {
                    view_.look(extent, std::move(done));
                },
                metrics_);
        } catch (const serve::listen_error& problem) {
            // The store comes first: that another daemon holds it says more than that its address is taken.
            cannot_listen_ = {problem.temporary() ? exit_status::already_running : exit_status::configuration,
                              problem.what()};
            return;
        }
        core::notice event{core::log_level::info,
                           "health.listening",
                           "health endpoints at http://" + health_->address(),
                           {{"address", health_->address()}}};
        log_.write("", event);
    }

    /// On the worker's thread.
    void open() {
        const auto result = std::make_shared<opened>();
        try {
            result->store = open_store(
                config_->state, secrets_,
                [this](std::function<void()> task) { asio::post(loop_, std::move(task)); },
                [this] { return clock_.now().steady; });
            result->contents = take_stock(*result->store, *config_);
        } catch (const store::error& problem) {
            result->failed = {status_of(problem.kind()), problem.what()};
        } catch (const std::exception& problem) {
            result->failed = {exit_status::failed, problem.what()};
        }
        asio::post(loop_, [this, result] { start(std::move(*result)); });
    }

    struct failed_start {
        exit_status status;
        std::string message;
    };
    struct opened {
        std::unique_ptr<store::state_store> store;
        ports::journal_contents contents;
        std::optional<failed_start> failed;
    };

    void start(opened result) {
        if (stopping_) {
            log_.write(
                "", {core::log_level::info, "daemon.stopped", "it ended before the state store was open", {}});
            return loop_.stop();
        }
        if (result.failed)
            return fail(*result.failed);
        if (cannot_listen_)
            return fail(*cannot_listen_);
        announce_start(log_, *config_, options_.config_file);
        for (const auto& warning : result.store->warnings())
            log_.write("", {core::log_level::error, "store.warning", warning, {}});
        const surroundings around{loop_, clock_, secrets_, log_, metrics_};
        engine_ = std::make_unique<engine>(around, std::move(config_), std::move(result.store),
                                           std::move(result.contents));
        source_.emplace(
            options_.config_file, *engine_->store,
            [this](std::function<void()> task) { asio::post(worker_, std::move(task)); },
            [this](std::function<void()> task) { asio::post(loop_, std::move(task)); });
        reloader_.emplace(
            engine_->world, *source_, engine_->supervisor, [this](const core::config& now) { applied(now); },
            [this] { reloaded(); });
        operations_.emplace(
            *engine_, [this](app::reloader::answer done) { reload(std::move(done)); },
            [this](std::function<void()> task) { asio::post(worker_, std::move(task)); },
            [this](std::function<void()> task) { asio::post(loop_, std::move(task)); });
        if (!listen_to_commands())
            return;
        engine_->supervisor.start();
        ::malloc_trim(0);  // sorting ten thousand records takes more than is kept of them
        view_.started(*engine_, *reloader_);
        manager_.ready(status());
        if (reload_wanted_)
            reload();
    }

    /// Without the socket tunnels are rotated all the same. But whoever is asked there in its place would be
    /// asked for what is not its own.
    bool listen_to_commands() {
        const auto& socket = engine_->supervisor.config()->control.socket;
        try {
            control_ = std::make_unique<serve::control_server>(
                loop_, socket,
                [this](const core::extent& extent, serve::look_handler done) {
                    view_.look(extent, std::move(done));
                },
                metrics_, *operations_, log_);
        } catch (const serve::listen_error& problem) {
            if (problem.temporary()) {
                fail({exit_status::already_running, problem.what()});
                return false;
            }
            log_.write("", {core::log_level::error,
                            "control.unavailable",
                            std::string(problem.what()) +
                                "; until the next start no command reaches the daemon, which goes on without",
                            {}});
            return true;
        }
        log_.write("",
                   {core::log_level::info, "control.listening", "commands at " + socket, {{"socket", socket}}});
        return true;
    }

    void fail(const failed_start& why) {
        status_ = why.status;
        manager_.status(why.message);
        log_.write_last(failure(why.message));
        loop_.stop();
    }

    void wait_for_signal() {
        signals_.async_wait([this](boost::system::error_code error, int number) {
            if (error)
                return;
            if (number == SIGHUP)
                reload();
            else
                stop();
            wait_for_signal();
        });
    }

    void reload(app::reloader::answer done = nullptr) {
        if (stopping_) {
            if (done)
                done(core::ending());
            return;
        }
        reload_wanted_ = !reloader_;
        if (!reloader_)
            return;
        manager_.reloading();
        reloader_->request(std::move(done));
    }

    void reloaded() {
        if (!stopping_)  // else systemd would hear that it is ready again
            manager_.reloaded(status());
    }

    /// What of the new configuration is nobody else's.
    void applied(const core::config& config) {
        log_.configure(config.log);
        engine_->cloud.configure(config.cloud);
    }

    void stop() {
        if (std::exchange(stopping_, true)) {
            announce_abort(log_);
            log_.flush();
            ::_exit(static_cast<int>(exit_status::done));
        }
        view_.stopping();
        manager_.stopping();
        announce_stopping(log_);
        if (!engine_)
            return;  // start() ends it
        deadline_.expires_after(time_to_end);
        deadline_.async_wait([this](boost::system::error_code error) {
            if (!error)
                stopped();
        });
        engine_->supervisor.drain(clock_.now().steady + time_to_end, [this] { stopped(); });
    }

    void stopped() {
        announce_end(log_, engine_->supervisor.open_gaps());
        loop_.stop();
    }

    /// The watchdog is fed from here, by the loop itself: only while it turns.
    void keep_ticking() {
        if (!manager_.is_there())
            return;
        manager_.alive();
        if (reloader_ && !stopping_ && !reloader_->is_under_way())
            manager_.status(status());
        tick_.expires_after(std::min(usual_tick, manager_.alive_every().value_or(usual_tick)));
        tick_.async_wait([this](boost::system::error_code error) {
            if (!error)
                keep_ticking();
        });
    }

    [[nodiscard]] std::string status() const {
        return status_line(engine_->supervisor.summarize(), view_.is_store_failing());
    }

    const command_line& options_;
    std::shared_ptr<const core::config> config_;  // until the engine has it
    asio::io_context loop_{1};
    asio::executor_work_guard<asio::io_context::executor_type> busy_ = asio::make_work_guard(loop_);
    event_log log_;
    config::secret_reader secrets_;
    net::loop_clock clock_;
    serve::metrics_registry metrics_;
    service_manager manager_;
    state_view view_;
    std::unique_ptr<serve::health_server> health_;
    std::optional<failed_start> cannot_listen_;
    std::unique_ptr<engine> engine_;
    std::optional<config_source> source_;
    std::optional<app::reloader> reloader_;
    std::optional<operations> operations_;
    std::unique_ptr<serve::control_server> control_;
    asio::signal_set signals_;
    asio::steady_timer deadline_;
    asio::steady_timer tick_;
    bool stopping_ = false;
    bool reload_wanted_ = false;
    exit_status status_ = exit_status::done;
    asio::thread_pool worker_{1};  // ends first: its tasks use all of the above
};

}  // namespace

exit_status run_service(const command_line& options, std::shared_ptr<const core::config> config) {
    return service(options, std::move(config)).run();
}

}  // namespace tunnelkeyd::daemon
