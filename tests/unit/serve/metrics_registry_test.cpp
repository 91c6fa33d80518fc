#include "serve/metrics_registry.hpp"
#include "support/metrics_text.hpp"
#include "support/world.hpp"

#include <catch2/catch.hpp>

using namespace tunnelkeyd;
using namespace tunnelkeyd::testing;
using namespace std::chrono_literals;
using ports::endpoint;

namespace {

core::exchange replied(unsigned status, core::duration took = 20ms) {
    core::exchange seen;
    seen.reached = core::reached::reply;
    seen.status = status;
    seen.took = took;
    return seen;
}

core::exchange unreplied(core::reached how, bool timed_out = false) {
    core::exchange seen;
    seen.reached = how;
    seen.timed_out = timed_out;
    return seen;
}

core::history_entry ended(core::outcome how, core::duration length, core::duration gap) {
    core::history_entry entry;
    entry.how = how;
    entry.began_at = noon();
    entry.ended_at = noon() + length;
    entry.gap = gap;
    return entry;
}

metrics_text shown(const serve::metrics_registry& metrics) {
    return parse_metrics(metrics.text(some_overview()));
}

}  // namespace

TEST_CASE("every counter and histogram is there from the start, at 0") {
    const serve::metrics_registry metrics;
    const auto text = shown(metrics);
    CHECK(text.count("tunnelkeyd_http_requests_total{") == 5 * 9);
    CHECK(text.at("tunnelkeyd_http_requests_total{endpoint=\"install\",outcome=\"tls_alert\"}") == 0);
    for (const char* name : {"organization", "regenerate", "status", "whoami", "install"})
        CHECK(text.at("tunnelkeyd_http_request_duration_seconds_count{endpoint=\"" + std::string(name) +
                      "\"}") == 0);
    CHECK(text.at("tunnelkeyd_rotation_duration_seconds_count") == 0);
    CHECK(text.at("tunnelkeyd_key_gap_duration_seconds_count") == 0);
}

TEST_CASE("a request is counted by what became of it") {
    const auto [seen, outcome] = GENERATE(table<std::function<core::exchange()>, std::string>({
        {[] { return replied(101); }, "other"},
        {[] { return replied(200); }, "2xx"},
        {[] { return replied(302); }, "3xx"},
        {[] { return replied(429); }, "4xx"},
        {[] { return replied(599); }, "5xx"},
        {[] { return replied(999); }, "other"},
        {[] { return unreplied(core::reached::nothing); }, "no_connection"},
        {[] { return unreplied(core::reached::nothing, true); }, "timeout"},
        {[] { return unreplied(core::reached::interrupted); }, "interrupted"},
        {[] { return unreplied(core::reached::interrupted, true); }, "timeout"},
        {[] { return unreplied(core::reached::alert); }, "tls_alert"},
    }));
    serve::metrics_registry metrics;
    metrics.request_ended(endpoint::whoami, seen());
    for (const auto& [name, value] : shown(metrics).series) {
        if (!name.starts_with("tunnelkeyd_http_requests_total{"))
            continue;
        INFO(name);
        CHECK(value == (name.ends_with("{endpoint=\"whoami\",outcome=\"" + outcome + "\"}") ? 1 : 0));
    }
}

TEST_CASE("how long requests took is kept for each endpoint") {
    serve::metrics_registry metrics;
    metrics.request_ended(endpoint::regenerate, replied(200, 20ms));
    metrics.request_ended(endpoint::regenerate, replied(200, 2s));
    const auto text = shown(metrics);
    const std::string name = "tunnelkeyd_http_request_duration_seconds";
    CHECK(text.at(name + "_count{endpoint=\"regenerate\"}") == 2);
    CHECK(text.at(name + "_sum{endpoint=\"regenerate\"}") == Approx(2.02));
    CHECK(text.at(name + "_bucket{endpoint=\"regenerate\",le=\"0.01\"}") == 0);
    CHECK(text.at(name + "_bucket{endpoint=\"regenerate\",le=\"0.025\"}") == 1);
    CHECK(text.at(name + "_bucket{endpoint=\"regenerate\",le=\"+Inf\"}") == 2);
    CHECK(text.at(name + "_count{endpoint=\"install\"}") == 0);
}

TEST_CASE("a rotation's length and gap count when it ends with a key installed, and else not") {
    serve::metrics_registry metrics;
    metrics.rotation_ended(ended(core::outcome::installed, 90s, 2s));
    metrics.rotation_ended(ended(core::outcome::refused, 1h, 0s));
    metrics.rotation_ended(ended(core::outcome::preflight_failed, 1h, 0s));
    metrics.rotation_ended(ended(core::outcome::store_failed, 1h, 0s));
    const auto text = shown(metrics);
    CHECK(text.at("tunnelkeyd_rotation_duration_seconds_count") == 1);
    CHECK(text.at("tunnelkeyd_rotation_duration_seconds_sum") == 90);
    CHECK(text.at("tunnelkeyd_key_gap_duration_seconds_count") == 1);
    CHECK(text.at("tunnelkeyd_key_gap_duration_seconds_sum") == 2);
    CHECK(text.at("tunnelkeyd_key_gap_duration_seconds_bucket{le=\"0.1\"}") == 0);
    CHECK(text.at("tunnelkeyd_key_gap_duration_seconds_bucket{le=\"86400\"}") == 1);
}

TEST_CASE("a clock that steps back makes no length negative") {
    serve::metrics_registry metrics;
    metrics.rotation_ended(ended(core::outcome::installed, -1h, -1h));
    CHECK(shown(metrics).at("tunnelkeyd_rotation_duration_seconds_sum") == 0);
    CHECK(shown(metrics).at("tunnelkeyd_key_gap_duration_seconds_sum") == 0);
    auto seen = some_overview();
    seen.tunnels[1].gap_opened_at = seen.at + 1h;
    CHECK(parse_metrics(metrics.text(seen)).at("tunnelkeyd_key_gap_seconds{tunnel=\"jira\"}") == 0);
}
