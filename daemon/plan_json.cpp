#include "daemon/plan_json.hpp"

#include <nlohmann/json.hpp>

#include <ostream>
#include <string>
#include <vector>

namespace tunnelkeyd::daemon {

namespace {

std::string quoted(const std::string& text) {
    return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace

void print_plan_json(std::ostream& out, const plan_view& plan) {
    std::vector<std::string> names;
    names.reserve(plan.tunnels.size());
    for (const auto& each : plan.tunnels)
        names.push_back(quoted(each.settings->name));
    out << R"({"rotations": [)";
    const char* before = "\n";
    for (const auto& each : plan.rotations) {
        out << before << R"({"tunnel": )" << names[each.tunnel] << R"(, "at": ")" << core::to_iso8601(each.at)
            << R"(", "reason": ")" << to_string(each.why) << R"("})";
        before = ",\n";
    }
    out << "],\n\"notes\": [";
    before = "\n";
    for (const auto& note : plan.notes) {
        out << before << quoted(note);
        before = ",\n";
    }
    out << "]}\n";
}

}  // namespace tunnelkeyd::daemon
