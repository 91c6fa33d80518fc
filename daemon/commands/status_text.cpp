#include "daemon/commands/status_text.hpp"

#include "daemon/commands/relative_time.hpp"
#include "daemon/commands/table.hpp"
#include "daemon/commands/wrap.hpp"

#include <algorithm>
#include <iterator>
#include <ostream>

namespace tunnelkeyd::daemon {

namespace {

std::string counted(std::size_t count, const char* what) {
    return std::to_string(count) + " " + what + (count == 1 ? "" : "s");
}

std::size_t count(const status_view& seen, core::health verdict) {
    return static_cast<std::size_t>(std::count_if(seen.tunnels.begin(), seen.tunnels.end(),
                                                  [&](const auto& each) { return each.status == verdict; }));
}

bool is_at_work(const tunnel_view& tunnel) {
    return tunnel.rotation.has_value();
}

/// "FAILING: 12 tunnels, 1 failing, 2 degraded, 9 ok, 1 at work".
void print_verdict(std::ostream& out, const status_view& seen, const display& on) {
    std::string line = counted(seen.tunnels.size(), "tunnel");
    for (const auto verdict : {core::health::failing, core::health::degraded, core::health::ok})
        if (const auto of = count(seen, verdict); of > 0)
            line += ", " + std::to_string(of) + " " + std::string(core::to_string(verdict));
    const auto working = std::count_if(seen.tunnels.begin(), seen.tunnels.end(), is_at_work);
    if (seen.started_at && working > 0)
        line += ", " + std::to_string(working) + " at work";
    out << painted(shouted(seen.verdict), paint_of(seen.verdict), on) << ": " << line << "; at "
        << core::to_iso8601(seen.at) << '\n';
    if (seen.started_at && !seen.not_ready.empty())
        out << wrapped("the daemon is not ready: ", seen.not_ready, on.columns);
    for (const auto& setting : seen.needs_restart)
        out << wrapped("counts from the next start of the daemon: ", setting, on.columns);
    for (const auto& [organization, waiting] : seen.limited)
        out << wrapped("organization " + organization + ": ",
                       counted(waiting, "tunnel") + " in line for cloud.requests_per_minute", on.columns);
}

std::string next_text(const tunnel_view& tunnel, core::wall_time now) {
    if (tunnel.retry_at && *tunnel.retry_at > now)
        return "retry " + relative(*tunnel.retry_at, now);
    if (tunnel.gap_opened_at || is_at_work(tunnel) || !tunnel.next_at)
        return "-";
    return *tunnel.next_at <= now ? "now" : relative(*tunnel.next_at, now);
}

std::vector<cell> row_of(const tunnel_view& tunnel, core::wall_time now) {
    const auto colour = tunnel.status == core::health::ok ? paint::plain : paint_of(tunnel.status);
    return {{tunnel.name, colour},
            {tunnel.state, colour},
            {tunnel.last_success ? relative(*tunnel.last_success, now) : "never"},
            {next_text(tunnel, now)},
            {tunnel.gap_opened_at ? brief(now - *tunnel.gap_opened_at) : "-",
             tunnel.gap_opened_at ? colour : paint::plain}};
}

void print_tunnels(std::ostream& out, const status_view& seen, bool all, const display& on) {
    const bool few = all || seen.tunnels.size() <= tunnels_shown;
    std::vector<const tunnel_view*> shown;
    for (const auto& each : seen.tunnels)
        if (few || each.status != core::health::ok || is_at_work(each))
            shown.push_back(&each);
    std::stable_sort(shown.begin(), shown.end(),
                     [](const auto* a, const auto* b) { return a->status > b->status; });
    const auto wanted = shown.size();
    if (!all && wanted > tunnels_shown)
        shown.resize(tunnels_shown);
    table of{{"TUNNEL", "STATE", "LAST SUCCESS", "NEXT", "GAP"}, 0, {}};
    for (const auto* each : shown)
        of.rows.push_back(row_of(*each, seen.at));
    if (!of.rows.empty()) {
        out << '\n';
        print(out, of, on);
    }
    const auto left = seen.tunnels.size() - wanted;
    if (wanted > shown.size())
        out << "... and " << wanted - shown.size() << " more that are not ok or at work (--all shows them)\n";
    if (left > 0)
        out << "... and " << counted(left, "tunnel") << (left == 1 ? " that is" : " that are")
            << " ok (--all shows them)\n";
}

/// Its organization's problem, which is told once for all.
bool is_shared(const problem_view& each, const tunnel_view& tunnel, const status_view& seen) {
    const auto organization = "organization " + tunnel.organization;
    return std::any_of(seen.problems.begin(), seen.problems.end(), [&](const auto& other) {
        return other.of == organization && other.code == each.code && each.code == "api_key_refused";
    });
}

}  // namespace

void print_status(std::ostream& out, const status_view& seen, bool all, const display& on) {
    print_verdict(out, seen, on);
    print_tunnels(out, seen, all, on);
    auto problems = seen.problems;
    for (const auto& tunnel : seen.tunnels)
        std::copy_if(tunnel.problems.begin(), tunnel.problems.end(), std::back_inserter(problems),
                     [&](const auto& each) { return !is_shared(each, tunnel, seen); });
    print_problems(out, std::move(problems), seen.at, all, on);
}

}  // namespace tunnelkeyd::daemon
