#include "serve/tunnel_labels.hpp"
#include "serve/tunnel_metrics.hpp"

#include <set>

namespace tunnelkeyd::serve {

namespace {

double timestamp(core::wall_time at) {
    return std::chrono::duration<double>(at.time_since_epoch()).count();
}

/// The series of tunnelkeyd_problem, each once.
class problem_series {
public:
    explicit problem_series(exposition& into) : into_(into) {}

    void put(const char* owner, const std::string& name, const std::vector<core::problem>& problems) {
        for (const auto& each : problems) {
            std::vector<metric_label> labels;
            if (!name.empty())
                labels.push_back({owner, name});
            labels.push_back({"code", std::string(each.code)});
            labels.push_back({"severity", std::string(core::to_string(each.severity))});
            labels.push_back({"remedy", label_value(each.remedy)});
            if (seen_.insert(labels).second)
                into_.series(std::move(labels), 1);
        }
    }

private:
    exposition& into_;
    std::set<std::vector<metric_label>> seen_;
};

void put_problems(exposition& into, const core::overview& now, const std::vector<std::string>& labels) {
    into.begin_gauges("tunnelkeyd_problem",
                      "1 for each problem that there is: of a tunnel, of an organization, or (without either "
                      "label) of the daemon.");
    problem_series problems(into);
    problems.put("", "", now.problems);
    for (const auto& each : now.organizations)
        problems.put("organization", label_value(each.name), each.problems);
    for (std::size_t i = 0; i < now.tunnels.size(); ++i)
        problems.put("tunnel", labels[i], now.tunnels[i].problems);
}

}  // namespace

void put_daemon_metrics(exposition& into, const core::overview& now, const std::vector<std::string>& labels) {
    into.begin_gauges("tunnelkeyd_build_info", "1; the label is the daemon's version.");
    into.series({{"version", TUNNELKEYD_VERSION}}, 1);
    into.begin_gauges("tunnelkeyd_ready", "1 once configuration, store and schedules are up; else 0.");
    into.series({}, now.not_ready.empty() ? 1 : 0);
    into.begin_gauges("tunnelkeyd_health",
                      "The verdict on all tunnels, organizations and the daemon: 0 ok, 1 degraded, 2 failing.");
    into.series({}, static_cast<double>(core::verdict_on(now)));
    put_problems(into, now, labels);

    into.begin_gauges("tunnelkeyd_config_last_reload_successful",
                      "1 if the configuration that was read last is the one in force; 0 if it was refused.");
    into.series({}, now.reload.failed_at ? 0 : 1);
    into.begin_gauges("tunnelkeyd_config_last_reload_success_timestamp_seconds",
                      "When the configuration in force was read, in Unix time.");
    into.series({}, timestamp(now.reload.loaded_at));

    into.begin_gauges(
        "tunnelkeyd_api_key_expiry_timestamp_seconds",
        "When the organization's API key ends, in Unix time, as configured. Absent where it is not.");
    std::set<std::string> taken;
    for (const auto& each : now.organizations)
        if (auto name = label_value(each.name); each.api_key_expires && taken.insert(name).second)
            into.series({{"organization", std::move(name)}}, timestamp(*each.api_key_expires));

    into.begin_gauges(
        "tunnelkeyd_cloud_client_certificate_expiry_timestamp_seconds",
        "When the client certificate for the cloud ends, in Unix time. Absent where there is none.");
    if (const auto& held = now.cloud_client_certificate)
        into.series({{"file", label_value(held->file)}}, timestamp(held->ends));

    into.begin_gauges(
        "tunnelkeyd_rate_limit_waiting",
        "Tunnels of the organization that want to rotate, and wait for cloud.requests_per_minute.");
    taken.clear();
    for (const auto& each : now.organizations)
        if (auto name = label_value(each.name); taken.insert(name).second)
            into.series({{"organization", std::move(name)}}, static_cast<double>(each.waiting_for_rate_limit));
}

}  // namespace tunnelkeyd::serve
