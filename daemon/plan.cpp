#include "daemon/plan.hpp"

#include "core/forecast_notes.hpp"
#include "daemon/complaint.hpp"
#include "daemon/plan_json.hpp"
#include "daemon/plan_text.hpp"
#include "store/error.hpp"
#include "store/saved_state.hpp"

#include <chrono>
#include <iostream>
#include <iterator>
#include <unordered_map>
#include <utility>

namespace tunnelkeyd::daemon {

namespace {

/// What is on disk; as good as nothing, with a note, where that is not to be had.
store::saved_state look_at_store(const std::string& directory, std::vector<std::string>& notes) {
    constexpr const char* instead =
        ": planned as if each tunnel were seen first now; where there is jitter, the "
        "times are an example within it";
    try {
        if (auto saved = store::read_saved_state(directory))
            return std::move(*saved);
        notes.push_back("there is no state store in " + directory + " yet" + instead);
    } catch (const store::error& problem) {
        notes.push_back(std::string("the state store cannot be read, ") + problem.what() + instead);
    }
    return {};
}

std::vector<core::forecast_tunnel> match(const std::vector<core::tunnel>& configured,
                                         const std::vector<core::tunnel_record>& records) {
    std::unordered_map<core::identity, const core::tunnel_record*, core::identity_hash> by_id;
    for (const auto& record : records)
        by_id.emplace(record.id, &record);
    std::vector<core::forecast_tunnel> tunnels;
    for (const auto& settings : configured) {
        const auto known = by_id.find(settings.id());
        tunnels.push_back({&settings, known == by_id.end() ? nullptr : known->second});
    }
    return tunnels;
}

}  // namespace

exit_status plan(const command_line& options, const plan_command& how, const core::config& config) {
    const auto now = std::chrono::floor<core::duration>(std::chrono::system_clock::now());
    const core::forecast_range range{now, how.from.value_or(now), how.length};
    std::vector<std::string> notes;
    const auto saved = look_at_store(config.state.directory, notes);
    const auto tunnels = match(config.tunnels, saved.records);
    const auto found = core::forecast(tunnels, saved.salt, range, most_planned_rotations);
    if (!found) {
        complain({core::log_level::error,
                  "plan.failed",
                  "more than " + std::to_string(most_planned_rotations) +
                      " rotations until then: choose a shorter --for, or an earlier --from",
                  {}});
        return exit_status::usage;
    }
    auto more = core::forecast_notes(tunnels, *found, range, config.cloud.requests_per_minute);
    notes.insert(notes.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
    const plan_view seen{tunnels, *found, notes, range};
    if (options.json)
        print_plan_json(std::cout, seen);
    else
        print_plan_text(std::cout, seen);
    return exit_status::done;
}

}  // namespace tunnelkeyd::daemon
