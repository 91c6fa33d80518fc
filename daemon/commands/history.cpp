#include "daemon/commands/history.hpp"

#include "daemon/commands/json_fields.hpp"
#include "daemon/commands/relative_time.hpp"
#include "daemon/commands/status.hpp"
#include "daemon/commands/status_view.hpp"
#include "daemon/commands/stored.hpp"
#include "daemon/commands/table.hpp"
#include "daemon/commands/wrap.hpp"
#include "serve/control_json.hpp"

#include <nlohmann/json.hpp>

#include <iostream>
#include <sstream>

namespace tunnelkeyd::daemon {

namespace {

using nlohmann::json;

past_rotation_view read_rotation(const json& from) {
    const auto ended_at = time_at(from, "ended_at");
    const auto seconds = std::chrono::duration<double>(from.at("gap_seconds").get<double>());
    return {text_at(from, "tunnel"),
            text_at(from, "reason"),
            ended_at.value_or(core::wall_time()),
            std::chrono::duration_cast<core::duration>(seconds),
            from.at("regenerates").get<unsigned>(),
            from.at("installs").get<unsigned>(),
            text_at(from, "outcome"),
            text_at(from, "error")};
}

/// "250ms", "3s": most gaps are short.
std::string gap_text(core::duration gap) {
    if (gap == core::duration(0))
        return "-";
    return gap < std::chrono::seconds(10) ? core::to_string(gap) : brief(gap);
}

/// One that has left the configuration may have a past, and one that has none a misspelt name.
void check_known(const command_context& all, const std::string& tunnel) {
    if (read_status(status_of(all, tunnel).json).tunnels.empty())
        throw unknown_tunnel(tunnel);
}

}  // namespace

std::vector<past_rotation_view> read_history(const std::string& text) {
    return understood<json>(text, [](const json& from) {
        std::vector<past_rotation_view> all;
        for (const auto& each : from.at("rotations"))
            all.push_back(read_rotation(each));
        return all;
    });
}

void print_history(std::ostream& out, const std::vector<past_rotation_view>& rotations, const display& on) {
    table of{{"ENDED", "TUNNEL", "REASON", "OUTCOME", "GAP", "TRIES"}, 1, {}};
    for (const auto& each : rotations) {
        const bool good = each.outcome == "installed" || each.outcome == "manual";
        of.rows.push_back({{core::to_iso8601(each.ended_at)},
                           {each.tunnel},
                           {each.reason},
                           {each.outcome, good ? paint::plain : paint::yellow},
                           {gap_text(each.gap)},
                           {std::to_string(each.regenerates) + "+" + std::to_string(each.installs)}});
    }
    std::stringstream lines;
    print(lines, of, on);
    std::string line;
    std::getline(lines, line);
    out << line << '\n';
    for (const auto& each : rotations) {
        std::getline(lines, line);
        out << line << '\n';
        if (!each.error.empty())
            out << wrapped("  ", each.error, on.columns);
    }
}

std::string history_of(const command_context& all, const std::string& tunnel, unsigned limit) {
    const auto ask = [&] {
        return ask_daemon(all.ask, "GET",
                          "/v1/history?tunnel=" + serve::encoded(tunnel) + "&limit=" + std::to_string(limit));
    };
    const auto read = [&] {
        const auto& config = need_config(all);
        return serve::text_of(stored_history(config, config.state.directory, tunnel, limit));
    };
    return with_daemon(ask, read);
}

exit_status show_history(const command_context& all, const history_command& how) {
    const auto found = history_of(all, how.tunnel, how.limit);
    const auto rotations = read_history(found);
    if (rotations.empty() && !how.tunnel.empty())
        check_known(all, how.tunnel);
    if (all.json) {
        std::cout << found;
        return exit_status::done;
    }
    if (rotations.empty())
        std::cout << "no rotation has ended yet\n";
    else
        print_history(std::cout, rotations, all.out);
    return exit_status::done;
}

}  // namespace tunnelkeyd::daemon
