#include "support/fake_operations.hpp"

#include "support/world.hpp"

#include <stdexcept>
#include <utility>

namespace tunnelkeyd::testing {

using namespace std::chrono_literals;
using came_out = core::check_line::result;

core::pending_report some_gap() {
    core::pending_report gap;
    gap.tunnel = "jira";
    gap.id = {"0c632b13", "host-of-jira"};
    gap.organization = "acme";
    gap.instance_url = "https://jira.example.com/app";
    gap.state = "installing";
    gap.gap_opened_at = noon() - 1h;
    gap.number = 4;
    gap.minted_at = noon() - 1h;
    gap.readable = true;
    gap.regenerates = 1;
    gap.installs = 7;
    gap.problems = {problem_of(core::health::failing, "gap_open")};
    return gap;
}

fake_operations::fake_operations() {
    reloaded = core::reload_outcome{{1, 2, 3, 4, 5}, {"c:1:1: odd"}, {"state"}};
    rotated = core::rotate_report{"jira", true};
    paused = core::pause_report{"jira", noon(), true, false};
    examined = core::examination{"jira",
                                 {{"store", came_out::passed, "takes writes", ""},
                                  {"instance", came_out::failed, "is stopped", "start it"},
                                  {"expiry", came_out::warning, "ends soon", "renew it"},
                                  {"credentials", came_out::skipped, "the instance is not there", ""}}};
    core::history_entry entry;
    entry.why = core::reason::manual;
    entry.began_at = noon() - 1min;
    entry.ended_at = noon();
    entry.gap = 1500ms;
    entry.regenerates = 1;
    entry.installs = 2;
    past = std::vector<core::past_rotation>{{"jira", entry}};
    gaps = std::vector<core::pending_report>{some_gap()};
    revealed = core::revealed_key{some_gap(), std::make_shared<const core::secret>(pending_key)};
    resolved = core::resolve_report{"jira", core::resolution::installed, false};
}

std::vector<std::string> fake_operations::asked() {
    const std::lock_guard lock(mutex_);
    return asked_;
}

void fake_operations::wait_for(std::size_t count) {
    std::unique_lock lock(mutex_);
    if (!changed_.wait_for(lock, std::chrono::minutes(1), [&] { return held_.size() >= count; }))
        throw std::runtime_error("nobody asks");
}

std::vector<std::function<void()>> fake_operations::take() {
    const std::lock_guard lock(mutex_);
    return std::exchange(held_, {});
}

template <class T>
void fake_operations::answer(std::string what, handler<T> done, const core::result_of<T>& result) {
    {
        const std::lock_guard lock(mutex_);
        asked_.push_back(std::move(what));
        if (holds) {
            held_.push_back([done = std::move(done), result] { done(result); });
            changed_.notify_all();
            return;
        }
    }
    if (throws)
        throw std::runtime_error("broken");
    done(result);
}

void fake_operations::reload(const std::string& by, handler<core::reload_outcome> done) {
    answer("reload by " + by, std::move(done), reloaded);
}

void fake_operations::rotate(const std::string& tunnel, const std::string& by,
                             handler<core::rotate_report> done) {
    answer("rotate " + tunnel + " by " + by, std::move(done), rotated);
}

void fake_operations::pause(const std::string& tunnel, bool pause, const std::string& by,
                            handler<core::pause_report> done) {
    answer((pause ? "pause " : "resume ") + tunnel + " by " + by, std::move(done), paused);
}

void fake_operations::preflight(const std::string& tunnel, handler<core::examination> done) {
    answer("preflight " + tunnel, std::move(done), examined);
}

void fake_operations::history(const std::string& tunnel, std::size_t limit,
                              handler<std::vector<core::past_rotation>> done) {
    answer("history " + tunnel + " " + std::to_string(limit), std::move(done), past);
}

void fake_operations::pending(handler<std::vector<core::pending_report>> done) {
    answer("pending", std::move(done), gaps);
}

void fake_operations::reveal(const std::string& tunnel, const std::string& by,
                             handler<core::revealed_key> done) {
    answer("reveal " + tunnel + " by " + by, std::move(done), revealed);
}

void fake_operations::resolve(const std::string& tunnel, core::resolution how,
                              std::optional<std::uint64_t> number, const std::string& by,
                              handler<core::resolve_report> done) {
    const std::string with = how == core::resolution::installed ? "installed" : "regenerate";
    answer("resolve " + tunnel + " " + with + " " + (number ? std::to_string(*number) : "any") + " by " + by,
           std::move(done), resolved);
}

}  // namespace tunnelkeyd::testing
