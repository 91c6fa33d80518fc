#pragma once

#include "app/outside.hpp"
#include "app/supervisor.hpp"
#include "core/health.hpp"
#include "ports/configuration.hpp"

#include <functional>
#include <memory>
#include <string>

namespace tunnelkeyd::app {

/// Reads the configuration again when asked to, and puts it in force at once and as a whole; one with errors
/// changes nothing. Loop's thread only. Outlives the loop's work, or the loop is stopped.
class reloader {
public:
    /// `applied` is called with each configuration that came into force, for whoever else goes by it; `ended`
    /// when nothing that was asked for is left to do, whatever came of it.
    reloader(const outside& world, ports::configuration& source, supervisor& tunnels,
             std::function<void(const core::config&)> applied, std::function<void()> ended);
    reloader(const reloader&) = delete;
    reloader& operator=(const reloader&) = delete;

    /// Asked while one is under way, it is done once more afterwards: the file may have changed since it was
    /// read.
    void request();

    [[nodiscard]] bool is_under_way() const noexcept { return under_way_; }
    [[nodiscard]] const core::reload_report& report() const noexcept { return report_; }

private:
    void load();
    void loaded(ports::loaded_configuration found);
    void refuse(const ports::loaded_configuration& found);
    void put_in_force(ports::loaded_configuration found);
    void note_restart_needed(const core::config& config);
    void log(core::log_level level, std::string_view name, std::string message) const;

    outside world_;
    ports::configuration& source_;
    supervisor& tunnels_;
    std::function<void(const core::config&)> applied_;
    std::function<void()> ended_;
    core::state_settings state_;  // as at the start, which is what counts until the end
    std::optional<core::listen_address> listen_;
    core::control_settings control_;
    core::reload_report report_;
    core::steady_time began_{};
    bool under_way_ = false;
    bool again_ = false;
};

}  // namespace tunnelkeyd::app
