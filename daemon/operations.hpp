#pragma once

#include "app/examiner.hpp"
#include "app/reloader.hpp"
#include "daemon/engine.hpp"
#include "serve/operations.hpp"

#include <functional>
#include <string>

namespace tunnelkeyd::daemon {

/// What the control socket asks for, done by the running daemon. Loop's thread only; outlives the loop's work.
class operations final : public serve::operations {
public:
    using run_task = std::function<void(std::function<void()>)>;
    using reload_request = std::function<void(app::reloader::answer)>;

    /// `off_loop` runs a task on a thread that may block, `on_loop` on the event loop. `reload_now` has the
    /// configuration read again.
    operations(engine& running, reload_request reload_now, run_task off_loop, run_task on_loop);

    void reload(const std::string& by, handler<core::reload_outcome> done) override;
    void rotate(const std::string& tunnel, const std::string& by, handler<core::rotate_report> done) override;
    void pause(const std::string& tunnel, bool pause, const std::string& by,
               handler<core::pause_report> done) override;
    void preflight(const std::string& tunnel, handler<core::examination> done) override;
    void history(const std::string& tunnel, std::size_t limit,
                 handler<std::vector<core::past_rotation>> done) override;
    void pending(handler<std::vector<core::pending_report>> done) override;
    void reveal(const std::string& tunnel, const std::string& by, handler<core::revealed_key> done) override;
    void resolve(const std::string& tunnel, core::resolution how, std::optional<std::uint64_t> number,
                 const std::string& by, handler<core::resolve_report> done) override;

private:
    engine& running_;
    reload_request reload_;
    run_task off_loop_;
    run_task on_loop_;
    app::examiner examiner_;
    std::string state_directory_;
};

}  // namespace tunnelkeyd::daemon
