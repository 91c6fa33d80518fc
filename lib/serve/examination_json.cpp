#include "serve/examination_json.hpp"

#include "serve/json_parts.hpp"

#include <nlohmann/json.hpp>

#include <utility>

namespace tunnelkeyd::serve {

std::string examination_json(const core::examination& of) {
    auto checks = nlohmann::ordered_json::array();
    for (const auto& line : of.lines)
        checks.push_back({{"check", line.check},
                          {"result", core::to_string(line.came_out)},
                          {"found", line.found},
                          {"remedy", line.remedy}});
    const nlohmann::ordered_json all = {
        {"tunnel", of.tunnel}, {"passed", of.passed()}, {"checks", std::move(checks)}};
    return line_of(all);
}

}  // namespace tunnelkeyd::serve
