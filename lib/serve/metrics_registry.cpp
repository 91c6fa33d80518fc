#include "serve/metrics_registry.hpp"

#include "serve/exposition.hpp"
#include "serve/process_metrics.hpp"
#include "serve/tunnel_labels.hpp"
#include "serve/tunnel_metrics.hpp"

#include <prometheus/counter.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

#include <algorithm>
#include <array>

namespace tunnelkeyd::serve {

namespace {

using prometheus::Histogram;

constexpr std::array endpoints{"organization", "regenerate", "status", "whoami", "install"};
constexpr std::array outcomes{"2xx",           "3xx",       "4xx",     "5xx",        "other",
                              "no_connection", "tls_alert", "timeout", "interrupted"};

constexpr std::size_t other = 4, no_connection = 5, tls_alert = 6, timeout = 7, interrupted = 8;

/// An index into `outcomes`.
std::size_t outcome_of(const core::exchange& seen) {
    switch (seen.reached) {
    case core::reached::reply:
        return seen.status >= 200 && seen.status < 600 ? seen.status / 100 - 2 : other;
    case core::reached::alert:
        return tls_alert;
    case core::reached::nothing:
        return seen.timed_out ? timeout : no_connection;
    case core::reached::interrupted:
        break;
    }
    return seen.timed_out ? timeout : interrupted;
}

/// From a reply of the local network to the longest time that a request may take.
const Histogram::BucketBoundaries request_buckets{0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1,
                                                  2.5,  5,     10,   30,  60,   120, 300};
/// From a rotation without trouble, to one that waited for a person.
const Histogram::BucketBoundaries rotation_buckets{0.1, 0.25, 0.5, 1,    2.5,  5,     10,    30,
                                                   60,  300,  900, 3600, 7200, 21600, 43200, 86400};

double to_seconds(core::duration length) {
    return std::max(0.0, std::chrono::duration<double>(length).count());
}

}  // namespace

/// Every series exists from the start: who asks for a rate must not miss the first one.
struct metrics_registry::parts {
    parts() {
        auto& requests =
            prometheus::BuildCounter()
                .Name("tunnelkeyd_http_requests_total")
                .Help("Requests made of the cloud and of instances, by the class of the reply's status, "
                      "or by what became of them without a reply.")
                .Register(counted);
        auto& durations =
            prometheus::BuildHistogram()
                .Name("tunnelkeyd_http_request_duration_seconds")
                .Help("How long requests took in seconds, with connecting, whatever became of them.")
                .Register(counted);
        for (std::size_t i = 0; i < endpoints.size(); ++i) {
            request_durations[i] = &durations.Add({{"endpoint", endpoints[i]}}, request_buckets);
            for (std::size_t j = 0; j < outcomes.size(); ++j)
                requests_ended[i][j] = &requests.Add({{"endpoint", endpoints[i]}, {"outcome", outcomes[j]}});
        }
        rotation_duration =
            &prometheus::BuildHistogram()
                 .Name("tunnelkeyd_rotation_duration_seconds")
                 .Help("How long rotations took that ended with a key installed, in seconds, from "
                       "the preflight on and with all waiting.")
                 .Register(counted)
                 .Add({}, rotation_buckets);
        gap_duration = &prometheus::BuildHistogram()
                            .Name("tunnelkeyd_key_gap_duration_seconds")
                            .Help("How long key gaps were open that have closed, in seconds.")
                            .Register(counted)
                            .Add({}, rotation_buckets);
    }

    prometheus::Registry counted;
    std::array<std::array<prometheus::Counter*, outcomes.size()>, endpoints.size()> requests_ended{};
    std::array<Histogram*, endpoints.size()> request_durations{};
    Histogram* rotation_duration = nullptr;
    Histogram* gap_duration = nullptr;
};

metrics_registry::metrics_registry() : parts_(std::make_unique<parts>()) {
}

metrics_registry::~metrics_registry() = default;

void metrics_registry::request_ended(ports::endpoint which, const core::exchange& seen) {
    const auto index = static_cast<std::size_t>(which);
    parts_->requests_ended.at(index).at(outcome_of(seen))->Increment();
    parts_->request_durations.at(index)->Observe(to_seconds(seen.took));
}

void metrics_registry::rotation_ended(const core::history_entry& entry) {
    // The others changed nothing, and mostly end at their first request: they would only hide how long it
    // takes.
    if (entry.how != core::outcome::installed && entry.how != core::outcome::manual)
        return;
    parts_->rotation_duration->Observe(to_seconds(entry.ended_at - entry.began_at));
    parts_->gap_duration->Observe(to_seconds(entry.gap));
}

std::string metrics_registry::text(const core::overview& now) const {
    exposition all;
    const auto labels = tunnel_labels(now.tunnels);
    put_daemon_metrics(all, now, labels);
    put_tunnel_metrics(all, now, labels);
    all.add(parts_->counted.Collect());
    put_process_metrics(all);
    return all.text();
}

}  // namespace tunnelkeyd::serve
