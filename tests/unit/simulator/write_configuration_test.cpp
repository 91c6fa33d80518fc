#include "simulator/description.hpp"
#include "support/temporary_directory.hpp"

#include <catch2/catch.hpp>
#include <yaml-cpp/yaml.h>

#include <cstdlib>
#include <fstream>
#include <iterator>

using namespace tunnelkeyd::simulator;
namespace fs = std::filesystem;

namespace {

struct fixture {
    fixture() {
        settings.directory = own / "with a blank";
        fs::create_directory(settings.directory);
        settings.configuration = configuration_wish{settings.directory / "config.yaml", "", "4s", "", "now"};
        all.add(organization{"acme", "org-1", "api-key"});
        for (const auto* tunnel_name : {"jira", "bamboo"}) {
            tunnel made;
            made.name = tunnel_name;
            made.organization = "acme";
            made.hostname = std::string(tunnel_name) + "-host";
            made.instance_url = std::string("https://localhost:8443/") + tunnel_name;
            made.token = std::string(tunnel_name) + "-token";
            all.add(std::move(made));
        }
    }
    YAML::Node written() {
        write_configuration(all, at, settings);
        return YAML::LoadFile(settings.configuration->file);
    }

    tunnelkeyd::support::temporary_directory own;
    simulation_settings settings;
    truth all{[] { return std::string("key"); }};
    addresses at{"https://localhost:8442", "", "", "/ca.pem", {}};
};

std::string content(const YAML::Node& reference) {
    std::ifstream file(reference["file"].as<std::string>());
    return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace

TEST_CASE_METHOD(fixture, "the configuration names everything that a daemon needs, and secrets by reference") {
    const auto config = written();
    REQUIRE(config["version"].as<int>() == 1);
    REQUIRE(config["state"]["directory"].as<std::string>() == settings.directory / "state");
    REQUIRE(config["cloud"]["url"].as<std::string>() == "https://localhost:8442");
    REQUIRE(config["cloud"]["tls"]["ca_file"].as<std::string>() == "/ca.pem");
    REQUIRE(config["organizations"][0]["id"].as<std::string>() == "org-1");
    REQUIRE(content(config["organizations"][0]["api_key"]) == "api-key\n");
    REQUIRE(config["defaults"]["schedule"]["every"].as<std::string>() == "4s");
    REQUIRE(config["defaults"]["schedule"]["first"].as<std::string>() == "now");
    REQUIRE_FALSE(config["defaults"]["schedule"]["jitter"]);
    const auto tunnel = config["tunnels"][1];
    REQUIRE(tunnel["hostname"].as<std::string>() == "bamboo-host");
    REQUIRE(tunnel["instance"]["url"].as<std::string>() == "https://localhost:8443/bamboo");
    REQUIRE(content(tunnel["instance"]["auth"]["bearer"]) == "bamboo-token\n");
}

TEST_CASE_METHOD(fixture, "secrets are for their owner only") {
    const auto config = written();
    const auto perms = [](const fs::path& path) { return fs::status(path).permissions(); };
    REQUIRE(perms(settings.directory / "secrets") == fs::perms::owner_all);
    REQUIRE(perms(settings.directory / "secrets/jira-token") ==
            (fs::perms::owner_read | fs::perms::owner_write));
}

TEST_CASE_METHOD(fixture, "a shared token stands once, in the defaults") {
    settings.generated.shared_token = true;
    const auto config = written();
    REQUIRE(content(config["defaults"]["instance"]["auth"]["bearer"]) == "jira-token\n");
    REQUIRE_FALSE(config["tunnels"][0]["instance"]["auth"]);
}

TEST_CASE_METHOD(fixture, "with several organizations each tunnel names its own") {
    REQUIRE_FALSE(written()["tunnels"][0]["organization"]);
    all.add(organization{"other", "org-2", "other-key"});
    REQUIRE(written()["tunnels"][0]["organization"].as<std::string>() == "acme");
}
