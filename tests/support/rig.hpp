#pragma once

#include "support/child_process.hpp"
#include "support/http_get.hpp"
#include "support/simulator_process.hpp"

#include <nlohmann/json.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace tunnelkeyd::support {

/// What a command came to.
struct outcome {
    int status;
    std::string output;  ///< on both streams
};

/// `tunnelkeyd` with these words, to its end.
outcome tell(const std::vector<std::string>& arguments);

/// The real daemon against the real simulator, each a process of its own, in a temporary directory.
class rig {
public:
    /// A configuration for all the simulator's tunnels, with short backoffs, a `settle` of one second, every
    /// tunnel due at once and then once an hour, no background preflights, no rate limit to speak of, any free
    /// port for the health endpoint, and the log at `trace`. Change `config` before start().
    explicit rig(unsigned tunnels = 1, const std::vector<std::string>& simulator_arguments = {});
    ~rig();

    /// JSON, which is YAML.
    nlohmann::json config;
    simulator_process simulator;
    /// What runs the daemon: a program and its arguments, which the daemon's own follow. Empty: nothing does.
    std::vector<std::string> under;

    /// Writes `config` to config.yaml in directory(), as start() does.
    void write_config() const;
    /// `tunnelkeyd run --config ...`, with more arguments. The log of all runs goes to one file.
    void start(const std::vector<std::string>& arguments = {},
               const std::vector<std::string>& environment = {});
    /// start(), and its exit status.
    int run(const std::vector<std::string>& arguments = {}, const std::vector<std::string>& environment = {});
    /// `tunnelkeyd COMMAND --config ...`, with more arguments, to its end; with `config` written before.
    [[nodiscard]] outcome tell(const std::string& command, std::vector<std::string> arguments = {}) const;
    /// Writes `config`, and SIGHUP.
    void reload() const;
    /// Asks the health endpoint of the last run.
    http_reply health(const std::string& path);
    /// Asks for it until its JSON is so, and returns that. Throws std::runtime_error with the last one when it
    /// never is.
    nlohmann::json wait_for_health(const std::string& path,
                                   const std::function<bool(const nlohmann::json&)>& condition);
    /// SIGKILL, as the out-of-memory killer would.
    void kill();
    /// SIGTERM, and its exit status.
    int stop();
    [[nodiscard]] child_process& daemon() { return *daemon_; }

    /// The events logged so far, over all runs, of this name and, unless "", this tunnel.
    [[nodiscard]] std::vector<nlohmann::json> events(const std::string& name,
                                                     const std::string& tunnel = "") const;
    /// Waits for the `count`-th such event and returns it.
    nlohmann::json wait_for(const std::string& name, const std::string& tunnel = "", std::size_t count = 1);
    [[nodiscard]] std::string log() const;

    /// The simulator's truth of a tunnel: cloud_key, instance_key, in_step, regenerates, installs, ...
    [[nodiscard]] nlohmann::json truth(const std::string& tunnel) const;
    /// Waits until so many requests of this call have arrived for the tunnel ("": any).
    void wait_for_request(const std::string& call, const std::string& tunnel = "", int count = 1) const;
    /// The simulator answers the next `times` (0: all) of these calls with this fault.
    void fault(const std::string& call, const std::string& kind,
               nlohmann::json parameters = nlohmann::json::object(), int times = 1,
               const std::string& tunnel = "") const;
    void set(const std::string& tunnel, const nlohmann::json& what) const;
    [[nodiscard]] std::vector<nlohmann::json> requests(const std::string& call = "") const;

    [[nodiscard]] const std::filesystem::path& directory() const { return directory_.path(); }
    [[nodiscard]] std::filesystem::path state_directory() const { return directory() / "state"; }
    /// Every key and credential there was so far.
    [[nodiscard]] std::vector<std::string> secrets() const;

private:
    temporary_directory directory_;
    std::unique_ptr<child_process> daemon_;
    std::size_t listening_runs_ = 0;
};

}  // namespace tunnelkeyd::support
