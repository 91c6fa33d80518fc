#include "daemon/commands/status_view.hpp"
#include "serve/status_json.hpp"

#include <catch2/catch.hpp>

using namespace tunnelkeyd;

namespace {

core::overview with_verdict(core::health verdict) {
    core::overview seen;
    core::tunnel_overview tunnel;
    tunnel.name = "jira";
    tunnel.state = "idle";
    if (verdict != core::health::ok)
        tunnel.problems.push_back({verdict, "gap_open", R"(says "status": "ok")", "mend it", std::nullopt});
    seen.tunnels.push_back(tunnel);
    return seen;
}

}  // namespace

TEST_CASE("the verdict alone is the one that the whole status has") {
    for (const auto verdict : {core::health::ok, core::health::degraded, core::health::failing}) {
        const auto json = serve::status_json(with_verdict(verdict));
        CHECK(daemon::read_verdict(json) == verdict);
        CHECK(daemon::read_status(json).verdict == verdict);
    }
}

TEST_CASE("an answer without a verdict is an error, whatever it is") {
    for (const char* text : {"", "{}", "[]", "no json", R"({"daemon": {}})", R"({"status": "ok"})",
                             R"({"daemon": {"status": "fine"}})", R"({"daemon": {"x": {"status": "ok"}}})"})
        CHECK_THROWS(daemon::read_verdict(text));
}
