#include "daemon/command_line_parts.hpp"

#include <memory>

namespace tunnelkeyd::daemon {

namespace {

core::duration read_range(const std::string& text) {
    const auto length = read_duration("--for", text);
    if (length == core::duration(0))
        throw CLI::ValidationError("--for", "\"" + text + "\" is no time at all: try 90d");
    return length;
}

core::wall_time read_time(const std::string& text) {
    constexpr core::wall_time latest = std::chrono::sys_days(std::chrono::year(3000) / 1 / 1);
    auto at = core::parse_date(text);
    if (!at)
        at = core::parse_iso8601(text);
    if (!at)
        throw CLI::ValidationError("--from",
                                   "\"" + text +
                                       "\" is neither a day such as 2026-12-05 (UTC) nor a time such as "
                                       "2026-12-05T02:00:00Z or 2026-12-05T03:00:00+01:00");
    if (*at < core::wall_time() || *at >= latest)
        throw CLI::ValidationError("--from", "\"" + text + "\" is not within the years 1970 to 2999");
    return *at;
}

}  // namespace

std::vector<command_words> add_plan(CLI::App& app, command_line& into) {
    struct words {
        std::string from;
        std::string length;
    };
    auto* added = app.add_subcommand("plan", "Show when each tunnel will rotate; needs no daemon");
    const auto given = std::make_shared<words>();
    added->add_option("--from", given->from, "Rotations after this time, or after this day begins in UTC (now)")
        ->type_name("TIME");
    added->add_option("--for", given->length, "Up to so much later (90d)")->type_name("DURATION");
    add_json(*added, into, "Print JSON, with every rotation");
    added->footer("Examples:\n"
                  "  tunnelkeyd plan                                 the next 90 days\n"
                  "  tunnelkeyd plan --from 2026-12-24 --for 14d     over the holidays\n"
                  "  tunnelkeyd plan --for 365d --json               a year, for programs\n"
                  "With --from in the past it is planned as if the clock stood there.");
    return {{added, [given](command_line& to) {
                 plan_command plan;
                 if (!given->from.empty())
                     plan.from = read_time(given->from);
                 if (!given->length.empty())
                     plan.length = read_range(given->length);
                 to.command = plan;
             }}};
}

}  // namespace tunnelkeyd::daemon
