#include "daemon/commands/pending.hpp"

#include "daemon/commands/json_fields.hpp"
#include "daemon/commands/relative_time.hpp"
#include "daemon/commands/status_text.hpp"
#include "daemon/commands/stored.hpp"
#include "daemon/commands/table.hpp"
#include "daemon/commands/wrap.hpp"
#include "serve/control_json.hpp"

#include <nlohmann/json.hpp>

#include <chrono>
#include <iostream>

namespace tunnelkeyd::daemon {

namespace {

using nlohmann::json;

core::health severity_of(const json& from) {
    return from.at("severity") == core::to_string(core::health::failing) ? core::health::failing
                                                                         : core::health::degraded;
}

pending_view read_gap(const json& from) {
    pending_view gap;
    gap.tunnel = text_at(from, "tunnel");
    gap.instance_url = text_at(from, "instance_url");
    gap.configured = from.at("configured").get<bool>();
    gap.state = text_at(from, "state");
    gap.gap_opened_at = time_at(from, "gap_opened_at");
    if (const auto& key = from.at("key"); !key.is_null()) {
        gap.number = key.at("number").get<std::uint64_t>();
        gap.minted_at = time_at(key, "minted_at");
    }
    gap.regenerates = from.at("regenerates").get<unsigned>();
    gap.installs = from.at("installs").get<unsigned>();
    for (const auto& each : from.at("problems"))
        gap.problems.push_back({gap.tunnel, severity_of(each), text_at(each, "code"), text_at(each, "message"),
                                text_at(each, "remedy"), time_at(each, "since")});
    return gap;
}

std::string key_text(const pending_view& gap, core::wall_time now) {
    if (gap.number == 0)
        return "none is stored";
    return "number " + std::to_string(gap.number) +
           (gap.minted_at ? ", " + relative(*gap.minted_at, now) : std::string());
}

}  // namespace

std::vector<pending_view> read_pending(const std::string& text) {
    return understood<json>(text, [](const json& from) {
        std::vector<pending_view> all;
        for (const auto& each : from.at("pending"))
            all.push_back(read_gap(each));
        return all;
    });
}

pending_view read_revealed(const std::string& text) {
    return understood<json>(text, read_gap);
}

void print_pending(std::ostream& out, const std::vector<pending_view>& gaps, core::wall_time now,
                   const display& on) {
    table of{{"TUNNEL", "GAP OPEN SINCE", "STATE", "KEY", "TRIES"}, 0, {}};
    std::vector<problem_view> problems;
    for (const auto& each : gaps) {
        of.rows.push_back({{each.tunnel},
                           {each.gap_opened_at ? core::to_iso8601(*each.gap_opened_at) : "-"},
                           {each.state},
                           {key_text(each, now)},
                           {std::to_string(each.regenerates) + "+" + std::to_string(each.installs)}});
        problems.insert(problems.end(), each.problems.begin(), each.problems.end());
    }
    print(out, of, on);
    print_problems(out, std::move(problems), now, true, on);
}

exit_status show_pending(const command_context& all) {
    std::string note;
    const auto ask = [&] { return ask_daemon(all.ask, "GET", "/v1/pending"); };
    const auto read = [&] {
        const auto& config = need_config(all);
        note = stored_note(config.state.directory, all.socket);
        return serve::text_of(stored_pending(config));
    };
    const auto found = with_daemon(ask, read);
    if (all.json) {
        std::cout << found;
        return exit_status::done;
    }
    if (!note.empty())
        std::cout << painted(wrapped("", note, all.out.columns), paint::yellow, all.out) << '\n';
    const auto gaps = read_pending(found);
    if (gaps.empty())
        std::cout << "no key gap is open\n";
    else
        print_pending(std::cout, gaps, std::chrono::floor<core::duration>(std::chrono::system_clock::now()),
                      all.out);
    return exit_status::done;
}

}  // namespace tunnelkeyd::daemon
