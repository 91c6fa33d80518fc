#include "daemon/commands/rotate.hpp"
#include "fixture.hpp"

#include <catch2/catch.hpp>

using namespace tunnelkeyd;
using namespace tunnelkeyd::daemon_tests;
using daemon::exit_status;

namespace {

constexpr auto installed = static_cast<std::size_t>(core::outcome::installed);
constexpr auto refused = static_cast<std::size_t>(core::outcome::refused);

/// A daemon with tunnels, whose time goes by as the command waits.
struct scene : fake_daemon {
    scene() {
        answer = [this](const std::string& what, const std::string&) { return reply(what); };
        context.ask = asks();
        time.now = [this] { return clock; };
        time.interrupted_within = [this](core::duration wait) {
            waited.push_back(wait);
            clock += wait;
            if (on_wait)
                on_wait(waited.size());
            return interrupted;
        };
    }

    serve::control_reply reply(const std::string& what) {
        if (down)
            throw no_daemon();
        if (had_enough)
            throw serve::control_error(serve::control_error::kind::stopped, "");
        if (what == "GET /status")
            return {200, serve::status_json(all)};
        for (const auto& each : all.tunnels) {
            if (what == "GET /status/" + each.name) {
                auto one = all;
                one.tunnels = {each};
                return {200, serve::status_json(one)};
            }
            if (what == "POST /v1/tunnels/" + each.name + "/rotate")
                return {202, R"({"tunnel": ")" + each.name + R"(", "joined": )" +
                                 (each.rotation ? "true" : "false") + "}\n"};
        }
        return {404, R"({"code": "unknown_tunnel", "message": "no such tunnel", "remedy": "look"})"};
    }

    exit_status rotate(const std::vector<std::string>& tunnels, bool wait) {
        daemon::rotate_command how;
        how.tunnels = tunnels;
        how.all = tunnels.empty();
        how.wait = wait;
        return daemon::rotate(context, how, time, out, err);
    }

    core::overview all = all_of({tunnel("jira"), tunnel("bamboo")});
    daemon::command_context context;
    daemon::pace time;
    core::steady_time clock{};
    std::vector<core::duration> waited;
    std::function<void(std::size_t)> on_wait;
    bool interrupted = false;
    bool down = false;
    bool had_enough = false;
    std::ostringstream out;
    std::ostringstream err;
};

}  // namespace

TEST_CASE_METHOD(scene, "rotate says of each tunnel whether a rotation begins") {
    all.tunnels[1].rotation = core::rotation_overview{};
    CHECK(rotate({"jira", "bamboo", "jira"}, false) == exit_status::done);
    CHECK(out.str() == "jira: a rotation begins\nbamboo: joins the rotation that is under way\n");
    CHECK(is_documented(out.str()));
    CHECK(std::count(asked.begin(), asked.end(), "POST /v1/tunnels/jira/rotate") == 1);
}

TEST_CASE_METHOD(scene, "rotate begins nothing if one of the names is unknown") {
    CHECK_THROWS_AS(rotate({"jira", "nobody"}, false), daemon::command_error);
    CHECK(std::none_of(asked.begin(), asked.end(), [](const auto& each) { return each.starts_with("POST"); }));
}

TEST_CASE_METHOD(scene, "rotate --all --wait ends with a count, and the result") {
    on_wait = [this](std::size_t turn) {
        if (turn == 2)
            all.tunnels[0].ended[installed] = 1;
        if (turn == 3) {
            all.tunnels[1].ended[refused] = 1;
            all.tunnels[1].last_error = "regenerate: HTTP 404";
            all.tunnels[1].problems.push_back(problem(core::health::degraded, "regenerate_refused", 0ms));
            all.tunnels[1].problems.back().remedy =
                "see that the organization's id and the tunnel's hostname are right";
        }
    };
    CHECK(rotate({}, true) == exit_status::failed);
    CHECK(out.str() == "jira: installed\n"
                       "bamboo: failed: regenerate: HTTP 404\n"
                       "  -> see that the organization's id and the tunnel's hostname are right\n"
                       "1 of 2 done, 1 failed\n");
    CHECK(is_documented(out.str()));
}

TEST_CASE_METHOD(scene, "rotate --wait looks at once, then not more often than each 250 ms") {
    on_wait = [this](std::size_t turn) { all.tunnels[0].ended[installed] = turn == 3; };
    CHECK(rotate({"jira"}, true) == exit_status::done);
    CHECK(waited == std::vector<core::duration>{0ms, 250ms, 250ms});
    CHECK(daemon::until_next_look(300ms) == 2'700ms);
}

TEST_CASE_METHOD(scene, "rotate --wait ends where a person has had enough of a question that is not answered") {
    on_wait = [this](std::size_t turn) {
        if (turn < 2)
            return;
        had_enough = true;
        interrupted = turn > 2;
    };
    CHECK(rotate({"jira"}, true) == exit_status::failed);
    CHECK(err.str().starts_with("no longer waited for"));
}

TEST_CASE_METHOD(scene, "on a terminal progress is drawn over itself, and failures stay") {
    context.out.terminal = true;
    on_wait = [this](std::size_t) {
        all.tunnels[0].ended[installed] = 1;
        all.tunnels[1].ended[refused] = 1;
    };
    CHECK(rotate({}, true) == exit_status::failed);
    CHECK(out.str() == "\r[....................] 0 of 2 done, 2 in flight\x1b[K"
                       "\r\x1b[Kbamboo: failed: it ended without a new key\n"
                       "\r[####################] 1 of 2 done, 1 failed, 0 in flight\x1b[K"
                       "\r\x1b[K1 of 2 done, 1 failed\n");
}

TEST_CASE_METHOD(scene, "a daemon that restarts is asked again, and waited for") {
    on_wait = [this](std::size_t turn) {
        down = turn > 1 && turn < 5;
        if (turn == 5)
            all.started_at = now;
        if (turn == 7)
            all.tunnels[0].ended[installed] = 1;
    };
    CHECK(rotate({"jira"}, true) == exit_status::done);
    CHECK(std::count(asked.begin(), asked.end(), "POST /v1/tunnels/jira/rotate") == 2);
    CHECK(err.str() == "the daemon does not answer; it is asked again\n");
}

TEST_CASE_METHOD(scene, "a daemon that stays away ends the waiting with 69") {
    on_wait = [this](std::size_t) { down = true; };
    try {
        static_cast<void>(rotate({"jira"}, true));
        FAIL("it ended");
    } catch (const daemon::command_error& problem) {
        CHECK(problem.status() == exit_status::unavailable);
    }
    CHECK(clock.time_since_epoch() >= 2min);
}

TEST_CASE_METHOD(scene, "whoever ends the waiting is told that the rotation goes on") {
    on_wait = [this](std::size_t turn) { interrupted = turn == 2; };
    CHECK(rotate({"jira"}, true) == exit_status::failed);
    CHECK(err.str() == "no longer waited for: what is in flight goes on, and tunnelkeyd status shows it\n");
}

TEST_CASE_METHOD(scene, "many tunnels are looked at together") {
    for (int i = 0; i < 30; ++i)
        all.tunnels.push_back(tunnel("t" + std::to_string(i)));
    on_wait = [this](std::size_t) {
        for (auto& each : all.tunnels)
            each.ended[installed] = 1;
    };
    CHECK(rotate({}, true) == exit_status::done);
    CHECK(std::count(asked.begin(), asked.end(), "GET /status") == 2);
}

TEST_CASE_METHOD(scene, "rotate --wait --json ends with what became of each") {
    context.json = true;
    on_wait = [this](std::size_t) {
        all.tunnels[0].ended[installed] = 1;
        all.tunnels[1].ended[refused] = 1;
    };
    CHECK(rotate({}, true) == exit_status::failed);
    CHECK(out.str() == R"({"rotations":[{"tunnel":"jira","joined":false,"result":"installed"},)"
                       R"({"tunnel":"bamboo","joined":false,"result":"failed",)"
                       R"("error":"it ended without a new key","remedy":null}]})"
                       "\n");
}
