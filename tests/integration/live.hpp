#pragma once

#include "support/places.hpp"
#include "support/rig.hpp"

#include <catch2/catch.hpp>

#include <filesystem>
#include <string>
#include <vector>

/// Commands beside a running daemon.
namespace tunnelkeyd::support {

inline bool has(const std::string& text, const std::string& part) {
    UNSCOPED_INFO(text);
    return text.find(part) != std::string::npos;
}

/// A command that waits for something, meanwhile.
class typed : public child_process {
public:
    typed(const rig& scene, const std::string& command, std::vector<std::string> arguments)
        : child_process(support::daemon_program(), with_config(scene, command, std::move(arguments)),
                        scene.directory() / ("typed-" + command)) {}

    void wait_for_text(const std::string& text) {
        wait_until([&](const std::string& output) { return output.find(text) != std::string::npos; });
    }

private:
    static std::vector<std::string> with_config(const rig& scene, const std::string& command,
                                                std::vector<std::string> arguments) {
        arguments.insert(arguments.begin(), {command, "--config", scene.directory() / "config.yaml"});
        return arguments;
    }
};

/// A script by a shell that finds `tunnelkeyd`, in this directory; it ends at the first failure.
inline outcome shell(const std::filesystem::path& directory, const std::string& script) {
    const auto program = std::filesystem::path(support::daemon_program()).parent_path().string();
    const auto log = directory / "shell.log";
    std::filesystem::remove(log);
    child_process run(
        "/bin/bash",
        {"-c", "cd '" + directory.string() + "'; PATH='" + program + "':$PATH\nset -e -o pipefail\n" + script},
        log);
    const int status = run.wait_for_exit();
    return {status, run.output()};
}

/// What stands between the line that has `from` and `to`, as a person would copy it.
inline std::string between(const std::string& text, const std::string& from, const std::string& to) {
    const auto begin = text.find('\n', text.find(from) + 1) + 1;
    return text.substr(begin, text.find(to, begin) - begin);
}

inline std::vector<std::string> codes_of(const nlohmann::json& problems) {
    std::vector<std::string> codes;
    for (const auto& each : problems)
        codes.push_back(each.at("code"));
    return codes;
}

/// A daemon with everything installed, which waits for ten minutes before it sends a key again.
struct live : rig {
    explicit live(unsigned tunnels = 1) : rig(tunnels) {
        config["defaults"]["retry"]["urgent"] = {{"initial", "10m"}, {"max", "10m"}};
        config["health"]["gap_failing_after"] = "1s";
    }

    /// Started, and each tunnel rotated once.
    void begin() {
        start();
        for (const auto& each : config.at("tunnels"))
            wait_for("rotation.installed", each.at("name").get<std::string>());
    }

    /// A rotation whose key the instance does not take at first; then it would, but the daemon does not know.
    void open_gap(const std::string& tunnel) {
        fault("install", "status", {{"status", 503}, {"apply", false}}, 1, tunnel);
        const auto waits = events("rotation.backoff", tunnel).size();
        REQUIRE(tell("rotate", {tunnel}).status == 0);
        wait_for("rotation.backoff", tunnel, waits + 1);
        REQUIRE(truth(tunnel).at("in_step") == false);
    }

    void check_no_secret(const std::string& text) const {
        for (const auto& secret : secrets())
            CHECK(text.find(secret) == std::string::npos);
    }
};

}  // namespace tunnelkeyd::support
