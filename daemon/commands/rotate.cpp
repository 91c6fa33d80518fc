#include "daemon/commands/rotate.hpp"

#include "daemon/commands/json_fields.hpp"
#include "daemon/commands/rotate_output.hpp"
#include "daemon/commands/rotation_watch.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <iterator>
#include <unordered_set>
#include <utility>

namespace tunnelkeyd::daemon {

namespace {

constexpr std::size_t looked_at_one_by_one = 20;
constexpr core::duration shortest_wait{250};
constexpr int answers_for_a_tenth = 9;
// A restart takes seconds; one with a large database to be checked a minute.
constexpr core::duration longest_absence = std::chrono::minutes(2);

/// The tunnels that were asked for, as they are: each once, in the order of the command line.
status_view look_before(const asks& ask, const rotate_command& how) {
    if (how.all) {
        auto seen = read_status(ask_daemon(ask, "GET", "/status"));
        std::erase_if(seen.tunnels, [](const auto& each) { return !each.configured; });
        return seen;
    }
    status_view all;
    std::unordered_set<std::string> names;
    for (const auto& name : how.tunnels) {
        auto seen = read_status(ask_for_status(ask, name));
        if (seen.tunnels.empty())
            throw unknown_tunnel(name);
        auto found = std::move(seen.tunnels.front());
        seen.tunnels = std::move(all.tunnels);
        if (names.insert(found.name).second)
            seen.tunnels.push_back(std::move(found));
        all = std::move(seen);
    }
    return all;
}

/// Without a daemon there is another way.
status_view look_before_or_say(const asks& ask, const rotate_command& how) {
    return with_daemon([&] { return look_before(ask, how); },
                       [&]() -> status_view {
                           throw command_error(exit_status::unavailable,
                                               "no daemon runs\n"
                                               "  -> start it (systemctl start tunnelkeyd), or: tunnelkeyd run "
                                               "--once" +
                                                   (how.all ? "" : " --tunnel " + how.tunnels.front()));
                       });
}

/// Asks for one. Returns whether it joined one that was under way.
bool ask_for(const asks& ask, const std::string& tunnel) {
    const auto answer = ask_daemon(ask, "POST", target_of("/v1/tunnels/", tunnel, "/rotate"));
    return understood<nlohmann::json>(answer,
                                      [](const auto& from) { return from.at("joined").template get<bool>(); });
}

/// Waits for all of them. Returns false if a person had enough.
class waiter {
public:
    waiter(const command_context& all, const pace& time, rotation_watch& watch, rotate_output& out)
        : ask_(all.ask), time_(time), watch_(watch), out_(out) {}

    bool wait() {
        auto next = core::duration(0);
        while (true) {
            out_.progress(watch_);
            if (watch_.in_flight().empty())
                return true;
            if (time_.interrupted_within(next))
                return false;
            const auto began = time_.now();
            look();
            next = until_next_look(time_.now() - began);
        }
    }

private:
    void look() {
        try {
            const auto seen = look_at(ask_, watch_.in_flight());
            for (const auto& each : watch_.look(seen))
                out_.ended(each);
            for (const auto& tunnel : watch_.take_forgotten())
                ask_again(tunnel);
            absent_since_.reset();
        } catch (const serve::control_error& problem) {
            if (problem.reason() == serve::control_error::kind::stopped)
                return;  // wait() sees why
            watch_.absent();
            absent(problem.reason() == serve::control_error::kind::forbidden, problem.what());
        } catch (const refused& problem) {  // it starts, or ends, or has much to do
            absent(false, problem.what());
        }
    }

    void ask_again(const std::string& tunnel) {
        try {
            static_cast<void>(ask_for(ask_, tunnel));
        } catch (const refused& problem) {
            watch_.fail(tunnel);
            out_.ended({tunnel, false, problem.what(), ""});
        }
    }

    void absent(bool for_good, const std::string& because) {
        const auto now = time_.now();
        if (!absent_since_) {
            absent_since_ = now;
            out_.note("the daemon does not answer; it is asked again");
        }
        if (for_good || now - *absent_since_ > longest_absence)
            throw command_error(exit_status::unavailable,
                                because + "\nthe rotations go on when it runs again: see tunnelkeyd status");
    }

    const asks& ask_;
    const pace& time_;
    rotation_watch& watch_;
    rotate_output& out_;
    std::optional<core::steady_time> absent_since_;
};

}  // namespace

status_view look_at(const asks& ask, const std::vector<std::string>& tunnels) {
    if (tunnels.size() > looked_at_one_by_one)
        return read_status(ask_daemon(ask, "GET", "/status"));
    status_view all;
    for (const auto& name : tunnels) {
        const auto reply = ask("GET", target_of("/status/", name), "", std::chrono::seconds(30));
        if (reply.status == 404)
            continue;
        if (reply.status != 200)
            throw refused(reply);
        auto seen = read_status(reply.body);
        seen.tunnels.insert(seen.tunnels.end(), std::make_move_iterator(all.tunnels.begin()),
                            std::make_move_iterator(all.tunnels.end()));
        all = std::move(seen);
    }
    return all;
}

core::duration until_next_look(core::duration took) {
    return std::max(shortest_wait, answers_for_a_tenth * took);
}

exit_status rotate(const command_context& all, const rotate_command& how, const pace& time, std::ostream& out,
                   std::ostream& err) {
    const auto before = look_before_or_say(all.ask, how);
    rotation_watch watch(before);
    rotate_output shown(out, err, all, how.wait);
    for (const auto& tunnel : before.tunnels) {
        try {
            shown.asked(tunnel.name, ask_for(all.ask, tunnel.name));
        } catch (const refused& problem) {
            watch.fail(tunnel.name);
            shown.ended({tunnel.name, false, problem.what(), ""});
        }
    }
    if (how.wait && !waiter(all, time, watch, shown).wait()) {
        shown.note("no longer waited for: what is in flight goes on, and tunnelkeyd status shows it");
        return exit_status::failed;
    }
    shown.finish(watch);
    return watch.failed() == 0 ? exit_status::done : exit_status::failed;
}

}  // namespace tunnelkeyd::daemon
