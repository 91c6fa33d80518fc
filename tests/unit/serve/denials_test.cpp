#include "serve/denials.hpp"
#include "support/fake_log.hpp"

#include <catch2/catch.hpp>

using namespace tunnelkeyd;
using std::chrono::minutes;

namespace {

/// Users 1, 2, ... are refused, at times of the test's own.
struct refusing {
    void refuse(uid_t user, int times = 1, std::string_view path = "/status") {
        for (int i = 0; i < times; ++i)
            refused.note(user, "uid " + std::to_string(user), path, now);
    }
    [[nodiscard]] long lines_of(uid_t user) const {
        const std::pair<std::string_view, std::string> by{"by", "uid " + std::to_string(user)};
        return std::count_if(log.lines.begin(), log.lines.end(),
                             [&](const auto& each) { return each.event.fields.front() == by; });
    }
    [[nodiscard]] const core::notice& last() const { return log.lines.back().event; }

    tests::fake_log log;
    serve::denials refused{log};
    serve::denials::time_point now{};
};

}  // namespace

TEST_CASE_METHOD(refusing, "who is refused is told with what they asked for") {
    refuse(7, 1, "/v1/pending/jira/reveal");
    REQUIRE(log.count("control.refused") == 1);
    CHECK(last().level == core::log_level::warn);
    CHECK(last().message ==
          "uid 7 may not ask for /v1/pending/jira/reveal at the control socket, and was refused");
    CHECK(last().fields == decltype(last().fields){{"by", "uid 7"}, {"path", "/v1/pending/jira/reveal"}});
}

TEST_CASE_METHOD(refusing, "one user's refusals fill no log, hide nobody else's, and are counted") {
    refuse(1, 1'000);
    CHECK(lines_of(1) == 5);
    CHECK(last().message.ends_with("what follows within ten minutes may be left out here"));
    refuse(2);
    CHECK(lines_of(2) == 1);
    CHECK(last().fields.back() == std::pair<std::string_view, std::string>{"left_out", "995"});
    CHECK(last().message.find("995 refusals before this one") != std::string::npos);
    now += minutes(9);
    refuse(1, 3);
    CHECK(lines_of(1) == 5);
    now += minutes(1);
    refuse(1);
    CHECK(lines_of(1) == 6);
    CHECK(last().fields.back() == std::pair<std::string_view, std::string>{"left_out", "3"});
    refuse(1);
    CHECK(last().fields.size() == 2);
}

TEST_CASE_METHOD(refusing, "many users' refusals fill no log either") {
    for (uid_t user = 1; user <= 1'000; ++user)
        refuse(user);
    CHECK(log.lines.size() == 20);
    now += minutes(10);
    refuse(5'000);
    CHECK(lines_of(5'000) == 1);
    CHECK(last().fields.back().second == "980");
}

TEST_CASE_METHOD(refusing, "of a path without end only its beginning is told") {
    refuse(1, 1, "/" + std::string(8'000, 'a'));
    CHECK(last().fields.back().second == "/" + std::string(199, 'a') + "...");
    CHECK(last().message.size() < 400);
}
