#pragma once

#include "core/health.hpp"
#include "core/way.hpp"
#include "settings_fixture.hpp"

#include <optional>
#include <string>
#include <vector>

namespace tunnelkeyd::core::testing {

/// What tunnel_facts refers to, in one piece. As it stands: a tunnel without any problem.
struct situation {
    tunnel settings = example_tunnel();
    tunnel_record record;
    bool held = false;
    std::string orphaned_because;
    std::optional<wall_time> overdue_since;
    std::optional<trouble> last_trouble;
    std::optional<preflight_failure> preflight;
    std::optional<certificate> client_certificate;
    health_settings limits;

    [[nodiscard]] tunnel_facts facts() const {
        return {&settings,
                record,
                held,
                orphaned_because,
                overdue_since,
                last_trouble,
                preflight ? &*preflight : nullptr,
                start_of_time,
                client_certificate ? &*client_certificate : nullptr};
    }

    [[nodiscard]] std::vector<problem> at(wall_time now) const { return problems_of(facts(), limits, now); }

    void open_gap() {
        record.open.emplace();
        record.open->gap_opened_at = start_of_time;
    }
};

/// "failing gap_open" and so on, in their order.
inline std::vector<std::string> verdicts(const std::vector<problem>& problems) {
    std::vector<std::string> texts;
    for (const auto& each : problems)
        texts.push_back(std::string(to_string(each.severity)) + " " + std::string(each.code));
    return texts;
}

}  // namespace tunnelkeyd::core::testing
