#pragma once

#include "live.hpp"

#include <catch2/catch.hpp>

#include <sstream>
#include <string>
#include <vector>

/// What `tunnelkeyd preflight` finds in a rig.
namespace tunnelkeyd::support {

using nlohmann::json;
using names = std::vector<std::string>;

inline std::string secret_file(const rig& scene, const std::string& name) {
    return scene.directory() / "secrets" / name;
}

/// What must hold of any run: nothing was changed anywhere, and no secret shown.
inline void check_harmless(const rig& scene, const std::string& output) {
    CHECK(scene.requests("regenerate").empty());
    CHECK(scene.requests("install").empty());
    for (const auto& secret : scene.secrets())
        CHECK(output.find(secret) == std::string::npos);
}

/// `tunnelkeyd preflight --json`: its checks by name.
struct examined {
    explicit examined(const rig& scene, const std::string& tunnel = "jira") {
        const auto told = scene.tell("preflight", {tunnel, "--json"});
        check_harmless(scene, told.output);
        INFO(told.output);
        status = told.status;
        const auto found = json::parse(told.output).at("tunnels").at(0);
        CHECK(found.at("tunnel") == tunnel);
        CHECK(found.at("passed") == (status == 0));
        for (const auto& each : found.at("checks")) {
            checks[each.at("check").get<std::string>()] = each;
            const bool fine = each.at("result") == "passed" || each.at("result") == "skipped";
            CHECK(each.at("remedy").is_null() == fine);
        }
    }
    [[nodiscard]] std::string result(const std::string& check) const { return text(check, "result"); }
    [[nodiscard]] std::string found(const std::string& check) const { return text(check, "found"); }
    [[nodiscard]] std::string remedy(const std::string& check) const { return text(check, "remedy"); }
    /// The names of those that came out so.
    [[nodiscard]] names all(const std::string& result) const {
        names found;
        for (const auto& [name, check] : checks.items())
            if (check.at("result") == result)
                found.push_back(name);
        return found;
    }

    int status = 0;
    json checks;

private:
    [[nodiscard]] std::string text(const std::string& check, const char* member) const {
        return checks.at(check).at(member).get<std::string>();
    }
};

/// Results and checks, and the lines that begin at the left.
inline std::string outline(const std::string& text) {
    std::istringstream lines(text);
    std::string found;
    for (std::string line; std::getline(lines, line);)
        if (line.substr(0, 20).find_first_not_of(' ') != std::string::npos)
            found += (line.starts_with(' ') ? line.substr(0, 29) : line) + "\n";
    return found;
}

inline std::string at_bad_port(const rig& scene, const std::string& which, const std::string& path) {
    const auto port = scene.simulator.description().at("bad_tls").at(which).get<int>();
    return "https://localhost:" + std::to_string(port) + path;
}

}  // namespace tunnelkeyd::support
