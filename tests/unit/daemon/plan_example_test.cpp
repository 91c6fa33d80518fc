#include "config/load.hpp"
#include "core/forecast_notes.hpp"
#include "daemon/plan_text.hpp"
#include "support/child_process.hpp"
#include "support/places.hpp"

#include <catch2/catch.hpp>

#include <sstream>

using namespace tunnelkeyd;

namespace {

/// What stands between the first such line at or behind `from`, and the next line "```"; `from` is moved there.
std::string block(const std::string& text, const std::string& begin, std::size_t& from) {
    from = text.find("\n" + begin + "\n", from);
    REQUIRE(from != std::string::npos);
    from += begin.size() + 2;
    const auto end = text.find("```\n", from);
    REQUIRE(end != std::string::npos);
    auto found = text.substr(from, end - from);
    from = end;
    return found;
}

}  // namespace

TEST_CASE("the documentation's example of a plan is what is printed") {
    const auto page = support::read_file(support::project_file("docs/schedules.md"));
    std::size_t at = page.find("\n## What will happen");
    REQUIRE(at != std::string::npos);
    const auto loaded = config::load_text(block(page, "```yaml", at), "page",
                                          [](const char*) -> const char* { return nullptr; });
    REQUIRE(loaded.value);

    const core::forecast_range range{*core::parse_date("2027-03-20"), *core::parse_date("2027-03-20"),
                                     std::chrono::days(21)};
    std::vector<core::tunnel_record> records(loaded.value->tunnels.size());
    std::vector<core::forecast_tunnel> tunnels;
    for (std::size_t i = 0; i < records.size(); ++i) {
        const auto& settings = loaded.value->tunnels[i];
        records[i].id = settings.id();
        records[i].last_success = *core::parse_iso8601("2027-03-14T09:12:00Z");
        if (settings.name == "bamboo")
            records[i].paused_at = range.now;
        tunnels.push_back({&settings, &records[i]});
    }
    const auto rotations = core::forecast(tunnels, 42, range, 100);
    REQUIRE(rotations);
    const auto notes = core::forecast_notes(tunnels, *rotations, range, 300);
    std::ostringstream out;
    daemon::print_plan_text(out, {tunnels, *rotations, notes, range});
    at = page.find("`tunnelkeyd plan --from 2027-03-20 --for 21d` prints", at);
    REQUIRE(at != std::string::npos);
    CHECK("\n" + out.str() == "\n" + block(page, "```", at));
}
