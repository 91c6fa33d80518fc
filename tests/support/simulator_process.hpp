#pragma once

#include "simulator/control_client.hpp"

#include <nlohmann/json.hpp>
#include <sys/types.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace tunnelkeyd::support {

/// The simulator as a process of its own, in a temporary directory of its own, ready when the constructor
/// returns. Its end, however this process ends, is certain: killed by the destructor, which also removes the
/// directory, or by the kernel when the thread that started it ends.
class simulator_process {
public:
    /// `arguments` go to the executable after --directory. Throws std::runtime_error with what the process
    /// wrote, where it ends early or is not ready within 30 s.
    explicit simulator_process(const std::vector<std::string>& arguments = {});
    ~simulator_process();
    simulator_process(const simulator_process&) = delete;
    simulator_process& operator=(const simulator_process&) = delete;

    [[nodiscard]] const std::filesystem::path& directory() const { return directory_; }
    [[nodiscard]] pid_t pid() const { return pid_; }

    /// simulator.json.
    [[nodiscard]] const nlohmann::json& description() const { return description_; }
    /// Its entry in `tunnels`. Throws std::out_of_range for an unknown name.
    [[nodiscard]] const nlohmann::json& tunnel(const std::string& name) const;
    [[nodiscard]] const simulator::control_client& control() const { return *control_; }

    /// Waits for the process to end, for 30 s at most, and returns its exit status; -1 when a signal ended it.
    int wait_for_exit();

private:
    void start(const std::vector<std::string>& arguments);
    void wait_until_ready();
    void end() noexcept;

    std::filesystem::path directory_;
    pid_t pid_ = -1;
    nlohmann::json description_;
    std::unique_ptr<simulator::control_client> control_;
};

}  // namespace tunnelkeyd::support
