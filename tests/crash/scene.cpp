#include "crash/scene.hpp"

#include "crash/strace.hpp"
#include "support/http_get.hpp"

#include <poll.h>

#include <algorithm>
#include <csignal>
#include <sstream>
#include <stdexcept>

namespace tunnelkeyd::crash {

namespace {

using nlohmann::json;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

/// Asks again and again, with a pause: false, if the limit comes first.
template <class Condition>
bool wait_until(milliseconds limit, const Condition& condition) {
    const auto deadline = steady_clock::now() + limit;
    while (!condition()) {
        if (steady_clock::now() > deadline)
            return false;
        ::poll(nullptr, 0, 10);
    }
    return true;
}

bool is_at_rest(const json& tunnel) {
    return tunnel.at("state") == "idle" && tunnel.at("status") == "ok" &&
           !tunnel.at("last_success").is_null() && tunnel.at("gap_opened_at").is_null() &&
           tunnel.at("confirmation_owed") == false;
}

/// Did it say why it failed? Before the log is set up, and when it ends, it says so in plain text; so does the
/// dynamic loader.
bool has_error(const std::string& log) {
    std::istringstream lines(log);
    for (std::string line; std::getline(lines, line);)
        if (!line.starts_with('{') || line.find(R"("level":"error")") != std::string::npos)
            return true;
    return false;
}

}  // namespace

scene::scene(scenario from) : from_(from), rig_(1) {
    rig_.config["log"]["level"] = "info";
    const auto tunnels = rig_.config.at("tunnels");
    switch (from) {
    case scenario::first:
    case scenario::once:
        return;
    case scenario::opened:
        rig_.config["tunnels"] = json::array();
        rig_.start();
        rig_.wait_for("supervisor.started");
        rig_.stop();
        rig_.config["tunnels"] = tunnels;
        return;
    case scenario::intent:
        rig_.fault("regenerate", "hold", {{"apply", true}});
        rig_.start();
        rig_.wait_for_request("regenerate");
        break;
    case scenario::sealed:
        rig_.fault("install", "hold", {{"apply", false}});
        rig_.start();
        rig_.wait_for_request("install");
        break;
    }
    rig_.kill();
    prepared_regenerates_ = regenerates();
}

void scene::run_traced(const std::vector<std::string>& options, milliseconds limit, evidence& seen) {
    const auto before = rig_.log().size();
    rig_.under = strace_words(directory() + "/trace", options);
    const bool once = from_ == scenario::once;
    rig_.start(once ? std::vector<std::string>{"--once"} : std::vector<std::string>{}, strace_environment());
    rig_.under.clear();
    auto& daemon = rig_.daemon();
    process_ = daemon.pid();

    wait_until(limit, [&] { return daemon.has_ended() || is_over(); });
    seen.was_asked = !daemon.has_ended() || once;
    daemon.signal(SIGTERM);
    // The call that fails may be the one that tells the daemon's loop of the signal. A second one ends it at
    // once.
    const auto ended = [&] { return daemon.has_ended(); };
    if (!wait_until(seen.lasting ? milliseconds(1000) : milliseconds(5000), ended))
        daemon.signal(seen.lasting ? SIGKILL : SIGTERM);
    seen.status = daemon.wait_for_exit();
    seen.said_why = has_error(rig_.log().substr(before));
    seen.prepared_regenerates = prepared_regenerates_;
    seen.usual_regenerates = from_ == scenario::intent ? 2 : from_ == scenario::sealed ? 0 : 1;
    seen.regenerates_before = regenerates();
    seen.found = look_into(rig_.state_directory());
}

std::string scene::trace() const {
    return finished_trace(directory() + "/trace", process_);
}

/// The last thing that a rotation leads to is that the idle store empties its log.
bool scene::is_over() const {
    const bool confirms = from_ == scenario::intent;
    if (rig_.events(confirms ? "confirmation.done" : "rotation.planned").empty())
        return false;
    std::error_code error;
    return std::filesystem::file_size(rig_.state_directory() / "state.db-wal", error) == 0 && !error;
}

/// Requests that arrived. A request that a killed daemon had sent may be on its way still: the simulator has
/// read all of them once it has seen every connection end, bar the one that it holds for the scenario.
unsigned scene::regenerates() const {
    const int held = from_ == scenario::intent || from_ == scenario::sealed ? 1 : 0;
    const auto& control = rig_.simulator.control();
    const auto ended = [&] { return control.get("/counters").at("connections").at("open") == held; };
    if (!wait_until(support::patience, ended))
        throw std::runtime_error("the simulator keeps connections open");
    return static_cast<unsigned>(rig_.requests("regenerate").size());
}

void scene::recover(evidence& seen) {
    try {
        come_to_rest();
        if (const int status = rig_.stop(); status != 0)
            seen.recovery = "it ended with " + std::to_string(status);
    } catch (const std::exception& problem) {
        seen.recovery = problem.what();
        rig_.kill();
    }
    seen.regenerates_after = regenerates();
    seen.in_step = rig_.truth("jira").at("in_step");
    seen.left = look_into(rig_.state_directory());
}

void scene::come_to_rest() {
    const auto before = rig_.events("health.listening").size();
    rig_.start();
    const auto address = rig_.wait_for("health.listening", "", before + 1).at("address").get<std::string>();
    json status;
    const auto rests = [&] {
        if (rig_.daemon().has_ended())
            throw std::runtime_error("it ended by itself");
        status = json::parse(support::http_get(address, "/status").body);
        const auto& tunnels = status.at("tunnels");
        return !tunnels.empty() && is_at_rest(tunnels.front());
    };
    if (!wait_until(support::patience, rests))
        throw std::runtime_error("something is left to do: " + status.dump());
}

milliseconds scene::longest_gap() const {
    std::string cloud;
    std::string instance;
    std::int64_t opened = 0;
    std::int64_t longest = 0;
    const auto truth = rig_.truth("jira");
    for (const auto& change : truth.at("changes")) {
        const bool was_open = cloud != instance;
        (change.at("side") == "cloud" ? cloud : instance) = change.at("key");
        const auto at = change.at("at_ms").get<std::int64_t>();
        if (!was_open && cloud != instance)
            opened = at;
        else if (was_open && cloud == instance)
            longest = std::max(longest, at - opened);
    }
    return milliseconds(longest);
}

}  // namespace tunnelkeyd::crash
