#include "daemon/plan_json.hpp"

#include "core/json_text.hpp"

#include <ostream>
#include <string>
#include <vector>

namespace tunnelkeyd::daemon {

void print_plan_json(std::ostream& out, const plan_view& plan) {
    std::vector<std::string> names;
    names.reserve(plan.tunnels.size());
    for (const auto& each : plan.tunnels)
        names.push_back(core::json_text(each.settings->name));
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
        out << before << core::json_text(note);
        before = ",\n";
    }
    out << "]}\n";
}

}  // namespace tunnelkeyd::daemon
