#include "support/child_process.hpp"
#include "support/control_fixture.hpp"
#include "support/places.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

using namespace tunnelkeyd;
using namespace tunnelkeyd::testing;
using json = nlohmann::ordered_json;

namespace {

/// The JSON in docs/control.md's examples, in their order.
std::vector<json> examples() {
    const auto page = support::read_file(support::project_file("docs/control.md"));
    constexpr std::string_view begin = "```json\n";
    std::vector<json> found;
    for (auto at = page.find(begin); at != std::string::npos; at = page.find(begin, at + 1)) {
        const auto from = at + begin.size();
        found.push_back(json::parse(page.substr(from, page.find("```", from) - from)));
    }
    return found;
}

/// Values do not count, nor how many items a list has.
json shape_of(const json& value) {
    if (value.is_array())
        return value.empty() ? json("list") : json::array({shape_of(value.front())});
    if (!value.is_object())
        return nullptr;
    auto shape = json::object();
    for (const auto& [name, field] : value.items())
        shape[name] = field.is_array() && (field.empty() || !field.front().is_object()) ? json("list")
                      : name == "problems"                                              ? json("list")
                                                                                        : shape_of(field);
    return shape;
}

}  // namespace

TEST_CASE("the control socket's page shows each answer as it is, field by field") {
    const control_fixture at;
    const std::vector<reply> answers{at.post("/v1/tunnels/jira/rotate"),
                                     at.post("/v1/tunnels/jira/pause"),
                                     at.post("/v1/tunnels/jira/preflight"),
                                     at.post("/v1/reload"),
                                     at.get("/v1/history"),
                                     at.get("/v1/pending"),
                                     at.post("/v1/pending/jira/resolve", R"({"how": "installed"})")};
    const auto shown = examples();
    REQUIRE(shown.size() == answers.size());
    for (std::size_t i = 0; i < shown.size(); ++i)
        CHECK(shape_of(shown[i]) == shape_of(json::parse(answers[i].body)));
}
