#include "daemon/commands/status.hpp"

#include "daemon/commands/history.hpp"
#include "daemon/commands/status_text.hpp"
#include "daemon/commands/stored.hpp"
#include "daemon/commands/watch.hpp"
#include "daemon/commands/wrap.hpp"
#include "serve/status_json.hpp"

#include <algorithm>
#include <iostream>
#include <sstream>

namespace tunnelkeyd::daemon {

namespace {

constexpr unsigned rotations_shown_of_one = 5;

struct shown_status {
    std::string text;
    core::health verdict;
};

/// With one tunnel, its verdict is the one that counts.
core::health verdict_on(const status_view& seen, const std::string& tunnel) {
    if (tunnel.empty())
        return seen.verdict;
    core::health worst = core::health::ok;
    for (const auto& each : seen.tunnels)
        worst = std::max(worst, each.status);
    return worst;
}

/// Nothing where the daemon cannot say just now: all else of the status matters more.
std::vector<past_rotation_view> last_rotations(const command_context& all, const std::string& tunnel) {
    try {
        return read_history(history_of(all, tunnel, rotations_shown_of_one));
    } catch (const refused&) {
        return {};
    }
}

void print_one(std::ostream& out, const command_context& all, const status_view& seen,
               const std::string& name) {
    if (seen.tunnels.empty())
        throw unknown_tunnel(name);
    for (const auto& each : seen.tunnels) {
        print_tunnel(out, seen, each, all.out);
        const auto past = last_rotations(all, each.hostname);
        if (past.empty())
            continue;
        out << '\n';
        print_history(out, past, all.out);
    }
}

shown_status text_of(const command_context& all, const status_command& how) {
    const auto found = status_of(all, how.tunnel);
    const auto seen = read_status(found.json);
    std::ostringstream out;
    if (!found.note.empty())
        out << painted(wrapped("", found.note, all.out.columns), paint::yellow, all.out) << '\n';
    if (how.tunnel.empty())
        print_status(out, seen, how.all, all.out);
    else
        print_one(out, all, seen, how.tunnel);
    return {out.str(), verdict_on(seen, how.tunnel)};
}

exit_status status_of(core::health verdict) {
    return verdict == core::health::failing ? exit_status::failed : exit_status::done;
}

}  // namespace

status_answer status_of(const command_context& all, const std::string& tunnel) {
    const auto ask = [&]() -> status_answer { return {ask_for_status(all.ask, tunnel), ""}; };
    const auto read = [&]() -> status_answer {
        const auto seen = stored_status(need_config(all), all.socket, tunnel);
        return {serve::status_json(seen), seen.not_ready};
    };
    return with_daemon(ask, read);
}

exit_status show_status(const command_context& all, const status_command& how) {
    if (all.json) {
        const auto found = status_of(all, how.tunnel);
        if (how.tunnel.empty()) {
            std::cout << found.json;
            return status_of(read_verdict(found.json));
        }
        const auto seen = read_status(found.json);
        if (seen.tunnels.empty())
            throw unknown_tunnel(how.tunnel);
        std::cout << found.json;
        return status_of(verdict_on(seen, how.tunnel));
    }
    if (!how.watch) {
        const auto shown = text_of(all, how);
        std::cout << shown.text;
        return status_of(shown.verdict);
    }
    if (!all.out.terminal)
        throw command_error(exit_status::usage, "--watch draws on a terminal, and standard output is none\n"
                                                "  -> tunnelkeyd status, or status --json for programs");
    auto last = exit_status::done;
    std::string drawn;
    watch(all.out, *all.stop, [&] {
        try {
            const auto shown = text_of(all, how);
            last = status_of(shown.verdict);
            drawn = shown.text;
        } catch (const serve::control_error& problem) {
            if (problem.reason() == serve::control_error::kind::stopped)
                return drawn;
            last = exit_status::failed;
            drawn = wrapped("", problem.what(), all.out.columns);
        }
        return drawn;
    });
    return last;
}

}  // namespace tunnelkeyd::daemon
