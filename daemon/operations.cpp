#include "daemon/operations.hpp"

#include "daemon/commands/stored.hpp"

#include <utility>

namespace tunnelkeyd::daemon {

operations::operations(engine& running, reload_request reload_now, run_task off_loop, run_task on_loop)
    : running_(running),
      reload_(std::move(reload_now)),
      off_loop_(std::move(off_loop)),
      on_loop_(std::move(on_loop)),
      examiner_(running.world, [&running](const std::string& id) { running.supervisor.asked_cloud(id); }),
      state_directory_(running.supervisor.config()->state.directory) {
}

void operations::reload(const std::string& by, handler<core::reload_outcome> done) {
    running_.world.log.write(
        "", {core::log_level::info, "reload.requested", "a person asks for a reload", {{"by", by}}});
    reload_(std::move(done));
}

void operations::rotate(const std::string& tunnel, const std::string& by, handler<core::rotate_report> done) {
    done(running_.supervisor.rotate(tunnel, by));
}

void operations::pause(const std::string& tunnel, bool pause, const std::string& by,
                       handler<core::pause_report> done) {
    running_.supervisor.pause(tunnel, pause, by, std::move(done));
}

void operations::preflight(const std::string& tunnel, handler<core::examination> done) {
    auto found = running_.supervisor.settings_of(tunnel);
    if (const auto* refused = std::get_if<core::refusal>(&found))
        return done(*refused);
    auto settings = std::get<std::shared_ptr<const core::tunnel>>(std::move(found));
    examiner_.examine(settings, [this, settings, done = std::move(done)](core::examination examined) {
        running_.supervisor.examined(*settings, examined);
        done(std::move(examined));
    });
}

/// From the disk, beside the writer, by a thread that may block: history is not in memory.
void operations::history(const std::string& tunnel, std::size_t limit,
                         handler<std::vector<core::past_rotation>> done) {
    off_loop_([this, config = running_.supervisor.config(), directory = state_directory_, tunnel, limit,
               done = std::move(done)] {
        core::result_of<std::vector<core::past_rotation>> answer;
        try {
            answer = stored_history(*config, directory, tunnel, limit);
        } catch (const std::exception& problem) {
            answer = core::refusal{"store_failing",
                                   std::string("the history cannot be read: ") + problem.what(),
                                   "see to the disk that holds state.directory",
                                   {}};
        }
        on_loop_([answer = std::move(answer), done] { done(answer); });
    });
}

void operations::pending(handler<std::vector<core::pending_report>> done) {
    done(running_.supervisor.pending());
}

void operations::reveal(const std::string& tunnel, const std::string& by, handler<core::revealed_key> done) {
    running_.supervisor.reveal(tunnel, by, std::move(done));
}

void operations::resolve(const std::string& tunnel, core::resolution how, std::optional<std::uint64_t> number,
                         const std::string& by, handler<core::resolve_report> done) {
    done(running_.supervisor.resolve(tunnel, how, number, by));
}

}  // namespace tunnelkeyd::daemon
