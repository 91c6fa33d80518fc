#include "support/places.hpp"

namespace tunnelkeyd::support {

std::string project_file(std::string_view name) {
    return std::string(TUNNELKEYD_PROJECT "/").append(name);
}

std::string daemon_program() {
    return TUNNELKEYD_BUILD "/daemon/tunnelkeyd";
}

std::string simulator_program() {
    return TUNNELKEYD_BUILD "/tests/simulator/tunnelkeyd-simulator";
}

}  // namespace tunnelkeyd::support
