#include "app/reloader.hpp"

#include "core/refusals.hpp"

#include <utility>

namespace tunnelkeyd::app {

reloader::reloader(const outside& world, ports::configuration& source, supervisor& tunnels,
                   std::function<void(const core::config&)> applied, std::function<void()> ended)
    : world_(world),
      source_(source),
      tunnels_(tunnels),
      applied_(std::move(applied)),
      ended_(std::move(ended)),
      state_(tunnels.config()->state),
      listen_(tunnels.config()->health.listen),
      control_(tunnels.config()->control) {
    report_.loaded_at = world.clock.now().wall;
}

void reloader::request(answer done) {
    const bool waits = std::exchange(under_way_, true);
    if (done)
        (waits ? asked_next_ : asked_).push_back(std::move(done));
    if (waits)
        again_ = true;
    else
        load();
}

void reloader::tell(const core::result_of<core::reload_outcome>& outcome) {
    for (const auto& each : std::exchange(asked_, std::exchange(asked_next_, {})))
        each(outcome);
}

void reloader::load() {
    began_ = world_.clock.now().steady;
    log(core::log_level::info, "reload.begun", "reading the configuration again");
    source_.load(tunnels_.config(), [this](ports::loaded_configuration found) { loaded(std::move(found)); });
}

void reloader::loaded(ports::loaded_configuration found) {
    for (const auto& line : found.warnings)
        log(core::log_level::warn, "config.warning", line);
    if (found.config && tunnels_.is_draining()) {
        log(core::log_level::info, "reload.skipped",
            "the daemon is ending: the new configuration counts from the next start");
        tell(core::ending());
    } else if (found.config) {
        tell(put_in_force(std::move(found)));
    } else {
        tell(refuse(found));
    }
    if (std::exchange(again_, false))
        return load();
    under_way_ = false;
    ended_();
}

core::refusal reloader::refuse(const ports::loaded_configuration& found) {
    for (const auto& line : found.errors)
        log(core::log_level::error, "config.error", line);
    report_.failed_at = world_.clock.now().wall;
    report_.errors = found.errors;
    const auto count = found.errors.size();
    auto message = "the configuration has " + std::to_string(count) + (count == 1 ? " error" : " errors") +
                   ", and the one before stays in force";
    log(core::log_level::error, "reload.failed", message + ": correct the file, and reload");
    return {"configuration", std::move(message), "correct the file, and reload", found.errors};
}

core::reload_outcome reloader::put_in_force(ports::loaded_configuration found) {
    const auto config = found.config;
    const auto before = world_.clock.now().steady;
    const auto changes = tunnels_.apply(config, std::move(found.records));
    applied_(*config);
    const auto now = world_.clock.now();
    report_ = {now.wall, std::nullopt, {}, {}};
    note_restart_needed(*config);
    const auto number = [](auto count) { return std::to_string(count); };
    world_.log.write("", {core::log_level::info,
                          "reload.done",
                          "the new configuration is in force; tunnels: " + number(changes.added) + " added, " +
                              number(changes.removed) + " removed, " + number(changes.renamed) + " renamed, " +
                              number(changes.changed) + " changed, " + number(changes.unchanged) + " unchanged",
                          {{"added", number(changes.added)},
                           {"removed", number(changes.removed)},
                           {"renamed", number(changes.renamed)},
                           {"changed", number(changes.changed)},
                           {"unchanged", number(changes.unchanged)},
                           {"took_ms", number((now.steady - began_).count())},
                           {"paused_ms", number((now.steady - before).count())}}});
    return {changes, std::move(found.warnings), report_.needs_restart};
}

/// What is bound when the daemon starts, and stays so.
void reloader::note_restart_needed(const core::config& config) {
    if (config.state != state_)
        report_.needs_restart.emplace_back("state");
    if (config.health.listen != listen_)
        report_.needs_restart.emplace_back("health.listen");
    if (config.control != control_)
        report_.needs_restart.emplace_back("control.socket");
    for (const auto& setting : report_.needs_restart)
        log(core::log_level::warn, "reload.needs_restart",
            setting +
                " has changed, and that counts from the next start: restart the daemon when it suits you");
}

void reloader::log(core::log_level level, std::string_view name, std::string message) const {
    world_.log.write("", {level, name, std::move(message), {}});
}

}  // namespace tunnelkeyd::app
