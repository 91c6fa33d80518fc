#include "serve/health_json.hpp"
#include "support/world.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

using namespace tunnelkeyd;
using namespace tunnelkeyd::testing;
using nlohmann::json;

TEST_CASE("health counts the tunnels by their verdicts") {
    const auto all = json::parse(serve::health_json(some_overview()));
    CHECK(all.at("status") == "failing");
    CHECK(all.at("at") == "2026-03-01T12:00:00Z");
    CHECK(all.at("tunnels") == json{{"total", 3}, {"ok", 1}, {"degraded", 1}, {"failing", 1}});
}

TEST_CASE("health lists the worst problem first, then the daemon's, the organizations' and the tunnels'") {
    const auto problems = json::parse(serve::health_json(some_overview())).at("problems");
    REQUIRE(problems.size() == 5);
    CHECK(problems[0] == json{{"tunnel", "jira"},
                              {"severity", "failing"},
                              {"code", "gap_open"},
                              {"message", "message of gap_open"},
                              {"remedy", "remedy of gap_open"},
                              {"since", "2026-03-01T11:00:00Z"}});
    CHECK(problems[1].at("code") == "reload_failed");
    CHECK_FALSE(problems[1].contains("tunnel"));
    CHECK_FALSE(problems[1].contains("organization"));
    CHECK(problems[2].at("organization") == "acme");
    CHECK(problems[3].at("tunnel") == "wiki");
    CHECK_FALSE(problems[3].contains("since"));
    CHECK(problems[4].at("tunnel") == "jira");
}

TEST_CASE("health of nothing at all is ok") {
    const auto all = json::parse(serve::health_json(core::overview()));
    CHECK(all.at("status") == "ok");
    CHECK(all.at("problems") == json::array());
    CHECK(all.at("tunnels").at("total") == 0);
}

TEST_CASE("health of one tunnel is its own verdict and problems") {
    const auto jira = serve::health_json(some_overview(), "jira");
    REQUIRE(jira);
    CHECK(jira->verdict == core::health::failing);
    const auto text = json::parse(jira->text);
    CHECK(text.at("tunnel") == "jira");
    CHECK(text.at("status") == "failing");
    CHECK(text.at("at") == "2026-03-01T12:00:00Z");
    CHECK(text.at("problems").size() == 2);
    const auto bamboo = serve::health_json(some_overview(), "bamboo");
    REQUIRE(bamboo);
    CHECK(bamboo->verdict == core::health::ok);
    CHECK(json::parse(bamboo->text).at("problems") == json::array());
    CHECK_FALSE(serve::health_json(some_overview(), ""));
    CHECK_FALSE(serve::health_json(some_overview(), "Jira"));
}

TEST_CASE("a leftover tunnel counts under its name, though another one has taken that") {
    auto seen = some_overview();
    auto leftover = good_tunnel("bamboo");
    leftover.configured = false;
    leftover.problems = {problem_of(core::health::failing, "orphaned")};
    seen.tunnels.push_back(leftover);
    const auto both = serve::health_json(seen, "bamboo");
    REQUIRE(both);
    CHECK(both->verdict == core::health::failing);
    CHECK(json::parse(both->text).at("problems").at(0).at("code") == "orphaned");
}

TEST_CASE("control characters and bytes that are no UTF-8 still make JSON") {
    auto seen = some_overview();
    const std::string strange("\x01\x1f\"\\\n\r\t\x7f\xff\xc3\0<", 13);
    seen.tunnels[1].name = strange;
    seen.tunnels[1].problems[0].message = strange;
    seen.tunnels[1].problems[0].remedy = strange;
    const auto text = serve::health_json(seen);
    const auto problem = json::parse(text).at("problems").at(0);
    CHECK(problem.at("message").get<std::string>().starts_with("\x01\x1f\"\\\n\r\t\x7f\xef\xbf\xbd"));
    CHECK(text.find('\n') == text.size() - 1);
    REQUIRE(serve::health_json(seen, strange));
    CHECK(json::accept(serve::health_json(seen, strange)->text));
}
