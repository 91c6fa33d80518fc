#include "serve/tunnel_metrics.hpp"

#include "serve/tunnel_labels.hpp"

#include <algorithm>

namespace tunnelkeyd::serve {

namespace {

using seconds = std::chrono::duration<double>;

double timestamp(core::wall_time at) {
    return seconds(at.time_since_epoch()).count();
}

/// One gauge for each tunnel for which `value` gives one.
template <class Value>
void put_gauges(exposition& into, std::string name, std::string help, const core::overview& now,
                const std::vector<std::string>& labels, Value value) {
    into.begin_gauges(std::move(name), std::move(help));
    for (std::size_t i = 0; i < now.tunnels.size(); ++i)
        if (const std::optional<double> it = value(now.tunnels[i]))
            into.series({{"tunnel", labels[i]}}, *it);
}

std::optional<double> optional_timestamp(std::optional<core::wall_time> at) {
    return at ? std::optional(timestamp(*at)) : std::nullopt;
}

}  // namespace

void put_tunnel_metrics(exposition& into, const core::overview& now, const std::vector<std::string>& labels) {
    using core::tunnel_overview;

    into.begin_counters(
        "tunnelkeyd_rotations_total",
        "Rotations that ended since the daemon started, by how: installed (the instance took the "
        "new key); refused, preflight_failed and store_failed (nothing has changed).");
    for (std::size_t i = 0; i < now.tunnels.size(); ++i)
        for (std::size_t how = 0; how < core::outcome_count; ++how)
            into.series({{"tunnel", labels[i]},
                         {"result", std::string(core::to_string(static_cast<core::outcome>(how)))}},
                        static_cast<double>(now.tunnels[i].ended[how]));

    into.begin_gauges("tunnelkeyd_tunnel_state", "1 for the state that the tunnel is in, and no other series.");
    for (std::size_t i = 0; i < now.tunnels.size(); ++i)
        into.series({{"tunnel", labels[i]}, {"state", std::string(now.tunnels[i].state)}}, 1);

    put_gauges(into, "tunnelkeyd_key_gap_seconds",
               "How long the key gap has been open: since the old key may be dead and the new one is not "
               "installed. 0 when it is closed.",
               now, labels, [&now](const tunnel_overview& each) -> std::optional<double> {
                   return each.gap_opened_at ? std::max(0.0, seconds(now.at - *each.gap_opened_at).count()) : 0;
               });
    put_gauges(into, "tunnelkeyd_last_success_timestamp_seconds",
               "When a key was last installed, in Unix time. Absent where that never was.", now, labels,
               [](const tunnel_overview& each) { return optional_timestamp(each.last_success); });
    put_gauges(
        into, "tunnelkeyd_next_rotation_timestamp_seconds",
        "When the next rotation is due, in Unix time. Absent for a tunnel that has left the configuration.",
        now, labels, [](const tunnel_overview& each) -> std::optional<double> {
            return each.next ? std::optional(timestamp(each.next->at)) : std::nullopt;
        });
    put_gauges(into, "tunnelkeyd_consecutive_failures",
               "Attempts that have failed in a row. 0 after a success.", now, labels,
               [](const tunnel_overview& each) -> std::optional<double> { return each.failures; });
    put_gauges(into, "tunnelkeyd_unconfirmed",
               "1 while a request that was never answered may still take effect late, and one more rotation is "
               "owed for it; else 0.",
               now, labels,
               [](const tunnel_overview& each) -> std::optional<double> { return each.confirmation_owed; });
    put_gauges(
        into, "tunnelkeyd_instance_credential_expiry_timestamp_seconds",
        "When the credential for the instance ends, in Unix time, as configured. Absent where it is not.", now,
        labels, [](const tunnel_overview& each) {
            return optional_timestamp(each.settings ? each.settings->instance.auth_expires : std::nullopt);
        });

    into.begin_gauges(
        "tunnelkeyd_instance_client_certificate_expiry_timestamp_seconds",
        "When the client certificate for the instance ends, in Unix time. Absent where there is none.");
    for (std::size_t i = 0; i < now.tunnels.size(); ++i)
        if (const auto& held = now.tunnels[i].client_certificate)
            into.series({{"tunnel", labels[i]}, {"file", label_value(held->file)}}, timestamp(held->ends));
}

}  // namespace tunnelkeyd::serve
