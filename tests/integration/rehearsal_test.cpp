#include "live.hpp"
#include "support/places.hpp"

#include <poll.h>

#include <functional>
#include <regex>
#include <set>
#include <stdexcept>

// The example configuration, none of whose secrets exists, served by the simulator, and the daemon on the copy.

using nlohmann::json;
using tunnelkeyd::support::between;
using tunnelkeyd::support::child_process;
using tunnelkeyd::support::codes_of;
using tunnelkeyd::support::daemon_program;
using tunnelkeyd::support::has;
using tunnelkeyd::support::outcome;
using tunnelkeyd::support::patience;
using tunnelkeyd::support::project_file;
using tunnelkeyd::support::read_file;
using tunnelkeyd::support::shell;
using tunnelkeyd::support::simulator_process;
using tunnelkeyd::support::temporary_directory;

namespace {

struct rehearsal {
    rehearsal() {
        daemon = std::make_unique<child_process>(daemon_program(), words("run", {}), own / "daemon.log");
        for (const std::string event : {"control.listening", "supervisor.started"})
            daemon->wait_until([&](const std::string& log) { return log.find(event) != std::string::npos; });
    }

    [[nodiscard]] std::string copy() const { return simulator.directory() / "config.yaml"; }

    [[nodiscard]] outcome tell(const std::string& command, const std::vector<std::string>& more) const {
        return tunnelkeyd::support::tell(words(command, more));
    }

    [[nodiscard]] std::set<std::string> problems() const {
        std::set<std::string> codes;
        const auto seen = json::parse(tell("status", {"--json"}).output);
        for (const auto* part : {"organizations", "tunnels"})
            for (const auto& each : seen.at(part))
                for (const auto& code : codes_of(each.at("problems")))
                    codes.insert(code);
        return codes;
    }

    void wait_for_problems(const std::function<bool(const std::set<std::string>&)>& condition) const {
        const auto deadline = std::chrono::steady_clock::now() + patience;
        while (!condition(problems())) {
            if (std::chrono::steady_clock::now() > deadline)
                throw std::runtime_error(tell("status", {}).output);
            ::poll(nullptr, 0, 20);  // lest asking keeps the daemon from getting there
        }
    }

    void wait_for_problem(const std::string& code) const {
        wait_for_problems([&](const auto& codes) { return codes.contains(code); });
    }

    void check_in_step() const {
        const auto all = simulator.control().get("/tunnels");
        for (const auto& each : all.at("tunnels"))
            CHECK(each.at("in_step") == true);
    }

    temporary_directory own;
    simulator_process simulator{{"--rehearse", project_file("config/config.example.yaml")}};
    std::unique_ptr<child_process> daemon;

private:
    [[nodiscard]] std::vector<std::string> words(const std::string& command,
                                                 const std::vector<std::string>& more) const {
        std::vector<std::string> all = {command, "--config", copy()};
        all.insert(all.end(), more.begin(), more.end());
        return all;
    }
};

/// The rows of the page's table of faults: the fault and the problem.
std::vector<std::pair<std::string, std::string>> documented_faults() {
    const auto page = read_file(project_file("docs/rehearsal.md"));
    const std::regex row(R"(\n\| `(\{.*\})` \| `(\w+)` \|)");
    std::vector<std::pair<std::string, std::string>> all;
    for (std::sregex_iterator at(page.begin(), page.end(), row), end; at != end; ++at)
        all.emplace_back((*at)[1], (*at)[2]);
    return all;
}

}  // namespace

TEST_CASE("the example configuration can be rehearsed without its secrets and every tunnel rotates") {
    const rehearsal scene;
    const auto seen = scene.tell("rotate", {"--all", "--wait"});
    CHECK(has(seen.output, "2 of 2 done"));
    CHECK(seen.status == 0);
    for (const auto* name : {"jira", "confluence"})
        CHECK(scene.simulator.control().get(std::string("/tunnels/") + name).at("installs") == 1);
    scene.check_in_step();
    CHECK_FALSE(scene.problems().contains("gap_open"));
}

TEST_CASE("what the simulator prints shows an alarm when it is typed, and ends it") {
    if (!std::filesystem::exists("/usr/bin/curl")) {
        WARN("skipped: there is no curl");
        return;
    }
    const rehearsal scene;
    const auto printed = read_file(scene.simulator.directory() / "simulator.log");
    const auto script = between(printed, "is:", "What is so in truth");
    const auto mending = script.find("  curl -X DELETE");
    REQUIRE(mending != std::string::npos);

    const auto breaking = shell(scene.own.path(), script.substr(0, mending));
    CHECK(breaking.status == 0);
    scene.wait_for_problem("gap_open");
    CHECK(scene.simulator.control().get("/tunnels/jira").at("in_step") == false);
    CHECK(has(scene.tell("status", {}).output, "\njira: DEGRADED gap_open"));

    CHECK(shell(scene.own.path(), script.substr(mending)).status == 0);
    scene.wait_for_problems([](const auto& codes) { return !codes.contains("gap_open"); });
    scene.check_in_step();

    const auto looking = shell(scene.own.path(), between(printed, "What is so in truth", "More faults"));
    CHECK(looking.status == 0);
    CHECK(has(looking.output, R"("in_step":true)"));
    CHECK(has(looking.output, R"("status")"));
}

TEST_CASE("each fault of the page on rehearsal leads to the problem that stands beside it") {
    const auto faults = documented_faults();
    REQUIRE(faults.size() >= 8);
    const rehearsal scene;
    for (const auto& [fault, problem] : faults) {
        INFO(fault);
        CHECK_FALSE(scene.problems().contains(problem));
        scene.simulator.control().post("/faults", json::parse(fault));
        CHECK(scene.tell("rotate", {"jira"}).status == 0);
        scene.wait_for_problem(problem);
        static_cast<void>(scene.simulator.control().del("/faults"));
        if (problem == "rate_limited")  // which is kept to for a minute
            break;
        CHECK(scene.tell("rotate", {"jira", "--wait"}).status == 0);
        scene.check_in_step();
    }
}
