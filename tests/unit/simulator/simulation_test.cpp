#include "running_simulator.hpp"
#include "simulator/simulation.hpp"

#include <catch2/catch.hpp>
#include <sys/stat.h>

#include <csignal>
#include <fstream>
#include <future>
#include <set>
#include <thread>

using namespace tunnelkeyd::simulator;
using Catch::Matchers::Contains;

TEST_CASE("simulator.json describes organizations and tunnels, each of which has its own names and secrets") {
    const running_simulator running({"--tunnels", "6", "--organizations", "2"});
    const auto& description = running.process.description();
    std::set<std::string> names;
    std::set<std::string> different;
    for (const auto& tunnel : description.at("tunnels")) {
        names.insert(tunnel.at("name").get<std::string>());
        different.insert({tunnel.at("hostname"), tunnel.at("token"), tunnel.at("basic").at("password"),
                          tunnel.at("instance_url")});
    }
    REQUIRE(names ==
            std::set<std::string>{"jira", "confluence", "bitbucket", "bamboo", "jira-2", "confluence-2"});
    REQUIRE(different.size() == 24);
    REQUIRE(description.at("organizations").size() == 2);
    REQUIRE(description.at("tunnels").at(1).at("organization") == "acme-2");
    REQUIRE(description.at("instance_urls").size() == 6);
}

TEST_CASE("one token can be shared by all tunnels") {
    const running_simulator running({"--tunnels", "3", "--shared-token"});
    REQUIRE(running.process.tunnel("jira").at("token") == running.process.tunnel("bitbucket").at("token"));
}

TEST_CASE("a port that is taken is named, with what to do") {
    const running_simulator running;
    const auto taken = std::to_string(running.cloud_port());
    REQUIRE_THROWS_WITH(
        running_simulator({"--cloud-port", taken}),
        Contains("cannot listen at 127.0.0.1:" + taken + ": Address already in use; end what listens there"));
}

TEST_CASE("a wait ends when what it waits for happens") {
    const running_simulator running;
    auto waiting =
        std::async(std::launch::async, [&] { running.wait("call=status&tunnel=jira&count=2&answered=1"); });
    tls_client client(running.instance_port(), running.ca_file());
    client.ask(http_request("GET", "/jira/status"));
    client.ask(http_request("GET", "/jira/status"));
    waiting.get();
    REQUIRE(running.process.control().get("/counters").at("calls").at("status").at("answered") == 2);
}

TEST_CASE("a wait for what does not happen ends with 408") {
    const running_simulator running;
    REQUIRE_THROWS_WITH(running.process.control().get("/wait?call=install&timeout=0.01"), Contains("408"));
}

TEST_CASE("the simulator ends cleanly when told to, by SIGTERM and by SIGINT") {
    running_simulator asked;
    asked.process.control().post("/shutdown", {});
    REQUIRE(asked.process.wait_for_exit() == 0);
    for (const int signal : {SIGTERM, SIGINT}) {
        running_simulator signalled;
        ::kill(signalled.process.pid(), signal);
        REQUIRE(signalled.process.wait_for_exit() == 0);
    }
}

TEST_CASE("the simulator ends cleanly while a request is held, one stalls and one is late") {
    running_simulator running;
    running.set_fault({{"kind", "hold"}, {"call", "install"}});
    running.set_fault({{"kind", "stall"}, {"call", "regenerate"}});
    running.set_fault({{"kind", "late"}, {"seconds", 600}, {"call", "status"}});
    tls_client first(running.instance_port(), running.ca_file());
    tls_client second(running.cloud_port(), running.ca_file());
    tls_client third(running.instance_port(), running.ca_file());
    first.send(running.install_request("key"));
    second.send(running.regenerate_request());
    third.send(http_request("GET", "/jira/status"));
    running.wait("count=3");
    running.process.control().post("/shutdown", {});
    REQUIRE(running.process.wait_for_exit() == 0);
}

TEST_CASE("a wrong command line is refused with status 64, and a taken port with a reason") {
    REQUIRE_THROWS_WITH(tunnelkeyd::support::simulator_process({"--nonsense"}), Contains("--nonsense"));
    REQUIRE_THROWS_WITH(tunnelkeyd::support::simulator_process({"--every", "4s"}), Contains("--write-config"));
    const running_simulator running;
    REQUIRE_THROWS_WITH(
        tunnelkeyd::support::simulator_process({"--cloud-port", std::to_string(running.cloud_port())}),
        Contains("Address already in use"));
}

TEST_CASE("a simulator leaves nothing behind") {
    std::filesystem::path directory;
    pid_t pid = 0;
    {
        const running_simulator running;
        directory = running.process.directory();
        pid = running.process.pid();
        REQUIRE(std::filesystem::exists(directory / "ca.pem"));
    }
    REQUIRE_FALSE(std::filesystem::exists(directory));
    REQUIRE(::kill(pid, 0) == -1);
}

TEST_CASE("a simulation can run inside a test, too") {
    const running_simulator outside;  // for its temporary directory
    const auto directory = outside.process.directory() / "inside";
    simulation_settings settings;
    settings.directory = directory;
    settings.generated.tunnels = 1;
    simulation inside(settings);
    std::jthread runs([&] { inside.run(); });
    std::ifstream file(directory / "simulator.json");
    const auto description = nlohmann::json::parse(file);
    const control_client control(description.at("control_url").get<std::string>());
    REQUIRE(control.get("/tunnels").at("tunnels").size() == 1);
    inside.stop();
}
