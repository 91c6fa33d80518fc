#include "support/simulator_process.hpp"

#include "support/places.hpp"

#include <stdexcept>

namespace tunnelkeyd::support {

namespace {

std::vector<std::string> words(const std::filesystem::path& directory,
                               const std::vector<std::string>& arguments) {
    std::vector<std::string> all = {"--directory", directory};
    all.insert(all.end(), arguments.begin(), arguments.end());
    return all;
}

}  // namespace

simulator_process::simulator_process(const std::vector<std::string>& arguments)
    : process_(simulator_program(), words(directory_.path(), arguments), directory_.path() / "simulator.log") {
    const auto ready = directory_.path() / "simulator.json";
    process_.wait_for_file(ready);
    description_ = nlohmann::json::parse(read_file(ready));
    control_ = std::make_unique<simulator::control_client>(description_.at("control_url").get<std::string>());
}

const nlohmann::json& simulator_process::tunnel(const std::string& name) const {
    for (const auto& each : description_.at("tunnels"))
        if (each.at("name") == name)
            return each;
    throw std::out_of_range("no tunnel called " + name);
}

}  // namespace tunnelkeyd::support
