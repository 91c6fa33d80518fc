#pragma once

#include "simulator/control_client.hpp"
#include "support/child_process.hpp"

#include <nlohmann/json.hpp>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace tunnelkeyd::support {

/// The simulator as a process of its own, in a temporary directory of its own, ready when the constructor
/// returns.
class simulator_process {
public:
    /// `arguments` go to the executable after --directory. Throws std::runtime_error with what the process
    /// wrote, where it ends early or is not ready within `patience`.
    explicit simulator_process(const std::vector<std::string>& arguments = {});

    [[nodiscard]] const std::filesystem::path& directory() const { return directory_.path(); }
    [[nodiscard]] pid_t pid() const { return process_.pid(); }

    /// simulator.json.
    [[nodiscard]] const nlohmann::json& description() const { return description_; }
    /// Its entry in `tunnels`. Throws std::out_of_range for an unknown name.
    [[nodiscard]] const nlohmann::json& tunnel(const std::string& name) const;
    [[nodiscard]] const simulator::control_client& control() const { return *control_; }

    /// See child_process.
    int wait_for_exit() { return process_.wait_for_exit(); }

private:
    temporary_directory directory_;
    child_process process_;
    nlohmann::json description_;
    std::unique_ptr<simulator::control_client> control_;
};

}  // namespace tunnelkeyd::support
