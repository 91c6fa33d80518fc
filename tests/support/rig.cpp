#include "support/rig.hpp"

#include "support/places.hpp"

#include <poll.h>

#include <algorithm>
#include <csignal>
#include <set>
#include <sstream>
#include <stdexcept>
#include <utility>

namespace tunnelkeyd::support {

namespace {

using nlohmann::json;

std::vector<std::string> with_tunnels(unsigned tunnels, std::vector<std::string> arguments) {
    arguments.insert(arguments.end(), {"--tunnels", std::to_string(tunnels)});
    return arguments;
}

json limits(const char* initial, const char* max) {
    return {{"initial", initial}, {"max", max}};
}

std::vector<json> events_in(const std::string& log, const std::string& name, const std::string& tunnel) {
    std::vector<json> found;
    std::istringstream lines(log);
    for (std::string line; std::getline(lines, line);) {
        const auto event = json::parse(line, nullptr, false);
        if (event.is_object() && event.value("event", "") == name &&
            (tunnel.empty() || event.value("tunnel", "") == tunnel))
            found.push_back(event);
    }
    return found;
}

}  // namespace

rig::rig(unsigned tunnels, const std::vector<std::string>& simulator_arguments)
    : simulator(with_tunnels(tunnels, simulator_arguments)) {
    const auto& world = simulator.description();
    const auto secret = [&](const std::string& name, const json& value) {
        const auto path = directory() / "secrets" / name;
        write_file(path, value.get<std::string>() + "\n");
        return json{{"file", path}};
    };
    const json tls = {{"ca_file", world.at("ca_file")}};
    config = {
        {"version", 1},
        {"state", {{"directory", state_directory()}}},
        {"health", {{"listen", "127.0.0.1:0"}}},
        {"control", {{"socket", directory() / "control.sock"}}},
        {"log", {{"level", "trace"}, {"format", "json"}}},
        {"cloud",
         {{"url", world.at("cloud_url")}, {"proxy", "none"}, {"tls", tls}, {"requests_per_minute", 100'000}}},
        {"defaults",
         {{"schedule", {{"every", "1h"}, {"first", "now"}}},
          {"instance", {{"tls", tls}, {"preflight", {{"every", "never"}}}}},
          {"retry",
           {{"calm", limits("50ms", "1s")},
            {"urgent", limits("20ms", "500ms")},
            {"slow", limits("100ms", "1s")},
            {"settle", "1s"}}}}},
    };
    for (const auto& organization : world.at("organizations"))
        config["organizations"].push_back(
            {{"name", organization.at("name")},
             {"id", organization.at("id")},
             {"api_key",
              secret(organization.at("name").get<std::string>() + "-api-key", organization.at("api_key"))}});
    for (const auto& tunnel : world.at("tunnels"))
        config["tunnels"].push_back(
            {{"name", tunnel.at("name")},
             {"organization", tunnel.at("organization")},
             {"hostname", tunnel.at("hostname")},
             {"instance",
              {{"url", tunnel.at("instance_url")},
               {"auth",
                {{"bearer", secret(tunnel.at("name").get<std::string>() + "-token", tunnel.at("token"))}}}}}});
}

rig::~rig() = default;

outcome tell(const std::vector<std::string>& arguments) {
    const temporary_directory own;
    child_process process(daemon_program(), arguments, own / "output");
    const int status = process.wait_for_exit();
    return {status, process.output()};
}

outcome rig::tell(const std::string& command, std::vector<std::string> arguments) const {
    write_config();
    arguments.insert(arguments.begin(), {command, "--config", directory() / "config.yaml"});
    return support::tell(arguments);
}

void rig::start(const std::vector<std::string>& arguments, const std::vector<std::string>& environment) {
    write_config();
    const auto file = directory() / "config.yaml";
    auto words = under;
    words.insert(words.end(), {daemon_program(), "run", "--config", file});
    if (std::find(arguments.begin(), arguments.end(), "--once") == arguments.end())
        ++listening_runs_;
    words.insert(words.end(), arguments.begin(), arguments.end());
    const auto program = words.front();
    words.erase(words.begin());
    daemon_.reset();
    daemon_ = std::make_unique<child_process>(program, words, directory() / "daemon.log", environment);
}

void rig::write_config() const {
    write_file(directory() / "config.yaml", config.dump(2));
}

int rig::run(const std::vector<std::string>& arguments, const std::vector<std::string>& environment) {
    start(arguments, environment);
    return daemon_->wait_for_exit();
}

void rig::kill() {
    daemon_.reset();
}

int rig::stop() {
    daemon_->signal(SIGTERM);
    return daemon_->wait_for_exit();
}

std::vector<json> rig::events(const std::string& name, const std::string& tunnel) const {
    return events_in(log(), name, tunnel);
}

json rig::wait_for(const std::string& name, const std::string& tunnel, std::size_t count) {
    std::vector<json> found;
    daemon_->wait_until([&](const std::string& output) {
        found = events_in(output, name, tunnel);
        return found.size() >= count;
    });
    return found.at(count - 1);
}

std::string rig::log() const {
    return read_file(directory() / "daemon.log");
}

void rig::reload() const {
    write_config();
    daemon_->signal(SIGHUP);
}

http_reply rig::health(const std::string& path) {
    const auto listening = wait_for("health.listening", "", listening_runs_);
    return http_get(listening.at("address").get<std::string>(), path);
}

json rig::wait_for_health(const std::string& path, const std::function<bool(const json&)>& condition) {
    const auto deadline = std::chrono::steady_clock::now() + patience;
    json seen;
    do {
        seen = json::parse(health(path).body);
        if (condition(seen))
            return seen;
        ::poll(nullptr, 0, 5);  // lest asking keeps the daemon from getting there
    } while (std::chrono::steady_clock::now() < deadline);
    throw std::runtime_error(path + " never got there: " + seen.dump(2));
}

json rig::truth(const std::string& tunnel) const {
    return simulator.control().get("/tunnels/" + tunnel);
}

void rig::wait_for_request(const std::string& call, const std::string& tunnel, int count) const {
    std::string path = "/wait?call=" + call + "&count=" + std::to_string(count) + "&timeout=30";
    if (!tunnel.empty())
        path += "&tunnel=" + tunnel;
    static_cast<void>(simulator.control().get(path));
}

void rig::fault(const std::string& call, const std::string& kind, json parameters, int times,
                const std::string& tunnel) const {
    parameters["call"] = call;
    parameters["kind"] = kind;
    parameters["times"] = times;
    if (!tunnel.empty())
        parameters["tunnel"] = tunnel;
    simulator.control().post("/faults", parameters);
}

void rig::set(const std::string& tunnel, const json& what) const {
    simulator.control().post("/tunnels/" + tunnel, what);
}

std::vector<json> rig::requests(const std::string& call) const {
    std::vector<json> found;
    const auto answer = simulator.control().get("/requests");
    for (const auto& request : answer.at("requests"))
        if (call.empty() || request.at("call") == call)
            found.push_back(request);
    return found;
}

std::vector<std::string> rig::secrets() const {
    std::set<std::string> all;
    for (const auto& organization : simulator.description().at("organizations"))
        all.insert(organization.at("api_key").get<std::string>());
    for (const auto& tunnel : simulator.description().at("tunnels")) {
        all.insert(tunnel.at("token").get<std::string>());
        all.insert(tunnel.at("basic").at("password").get<std::string>());
        const auto known = truth(tunnel.at("name").get<std::string>());
        for (const auto& change : known.at("changes"))
            all.insert(change.at("key").get<std::string>());
    }
    all.erase("");
    return {all.begin(), all.end()};
}

}  // namespace tunnelkeyd::support
