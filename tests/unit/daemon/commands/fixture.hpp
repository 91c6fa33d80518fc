#pragma once

#include "core/overview.hpp"
#include "daemon/commands/ask.hpp"
#include "daemon/commands/context.hpp"
#include "daemon/commands/status_view.hpp"
#include "serve/status_json.hpp"
#include "support/places.hpp"

#include <algorithm>
#include <chrono>
#include <fstream>
#include <functional>
#include <iterator>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

namespace tunnelkeyd::daemon_tests {

using namespace std::chrono_literals;

inline const core::wall_time now{std::chrono::sys_days(std::chrono::year(2026) / 12 / 5) + 2h + 10min};

/// A tunnel that is well: rotated three days ago.
inline core::tunnel_overview tunnel(const std::string& name) {
    auto settings = std::make_shared<core::tunnel>();
    settings->name = name;
    settings->organization.name = "acme";
    settings->organization.id = "0c632b13";
    settings->hostname = name + "-host";
    settings->instance.url = *core::parse_base_url("https://" + name + ".example.com/base");
    core::tunnel_overview made;
    made.settings = settings;
    made.name = name;
    made.id = settings->id();
    made.state = "idle";
    made.last_success = now - std::chrono::days(3);
    made.next = core::due_time{now + std::chrono::days(27)};
    return made;
}

inline core::problem problem(core::health severity, std::string_view code, core::duration ago) {
    return {severity, code, "what is wrong with it", "what to do about it", now - ago};
}

/// One whose key gap has been open for ten minutes, since its instance is down.
inline core::tunnel_overview in_danger(const std::string& name) {
    auto made = tunnel(name);
    made.state = "waiting";
    made.last_success = now - std::chrono::days(30);
    made.rotation = core::rotation_overview{core::reason::scheduled, now - 10min - 3s, 1, 14};
    made.gap_opened_at = now - 10min;
    made.key_pending = true;
    made.failures = 14;
    made.last_error = "install: HTTP 503";
    made.retry_at = now + 30s;
    made.problems.push_back({core::health::failing, "gap_open",
                             "the key gap is open since 2026-12-05T02:00:00Z: a new key was made and is not "
                             "installed yet (install: HTTP 503)",
                             "bring the instance back, or the network on the way to it: the key is sent again "
                             "until it is installed",
                             now - 10min});
    return made;
}

inline core::overview all_of(std::vector<core::tunnel_overview> tunnels) {
    core::overview all;
    all.at = now;
    all.started_at = now - std::chrono::days(9);
    all.reload.loaded_at = all.started_at;
    all.tunnels = std::move(tunnels);
    return all;
}

inline daemon::status_view seen_of(const core::overview& all) {
    return daemon::read_status(serve::status_json(all));
}

/// docs/commands.md shows it.
inline bool is_documented(const std::string& text) {
    std::ifstream file(support::project_file("docs/commands.md"));
    const std::string page{std::istreambuf_iterator<char>(file), {}};
    return page.find("\n" + text) != std::string::npos;
}

inline std::size_t widest_line(const std::string& text) {
    std::istringstream lines(text);
    std::size_t widest = 0;
    for (std::string line; std::getline(lines, line);)
        widest = std::max(widest, line.size());
    return widest;
}

/// A daemon in place of the socket: answers from a list of "METHOD TARGET" and what it replies, and notes what
/// it was asked.
struct fake_daemon {
    std::function<serve::control_reply(const std::string& asked, const std::string& body)> answer;
    std::vector<std::string> asked;

    [[nodiscard]] daemon::asks asks() {
        return [this](const std::string& method, const std::string& target, const std::string& body,
                      core::duration /*limit*/) {
            asked.push_back(method + " " + target);
            return answer(asked.back(), body);
        };
    }
};

inline serve::control_error no_daemon() {
    return {serve::control_error::kind::absent, "no daemon listens at /run/tunnelkeyd/control.sock"};
}

}  // namespace tunnelkeyd::daemon_tests
