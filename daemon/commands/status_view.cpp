#include "daemon/commands/status_view.hpp"

#include "daemon/commands/json_fields.hpp"

#include <nlohmann/json.hpp>

namespace tunnelkeyd::daemon {

namespace {

using nlohmann::json;

core::health verdict_of(const std::string& text) {
    for (const auto verdict : {core::health::ok, core::health::degraded, core::health::failing})
        if (text == core::to_string(verdict))
            return verdict;
    throw std::runtime_error("no verdict: " + text);
}

core::health verdict_at(const json& from, const char* name) {
    return verdict_of(from.at(name).get_ref<const std::string&>());
}

/// Ends the parsing once daemon.status is there.
class verdict_finder final : public nlohmann::json_sax<json> {
public:
    std::string found;

    bool null() override { return true; }
    bool boolean(bool) override { return true; }
    bool number_integer(number_integer_t) override { return true; }
    bool number_unsigned(number_unsigned_t) override { return true; }
    bool number_float(number_float_t, const string_t&) override { return true; }
    bool binary(binary_t&) override { return true; }
    bool string(string_t& text) override {
        if (depth_ != 2 || outer_ != "daemon" || inner_ != "status")
            return true;
        found = text;
        return false;
    }
    bool start_object(std::size_t) override {
        ++depth_;
        return true;
    }
    bool end_object() override {
        --depth_;
        return true;
    }
    bool start_array(std::size_t) override { return start_object(0); }
    bool end_array() override { return end_object(); }
    bool key(string_t& name) override {
        if (depth_ == 1)
            outer_ = name;
        else if (depth_ == 2)
            inner_ = name;
        return true;
    }
    bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception&) override {
        return false;
    }

private:
    int depth_ = 0;
    std::string outer_;
    std::string inner_;
};

void read_problems(const json& from, const std::string& of, std::vector<problem_view>& into) {
    for (const auto& each : from.at("problems"))
        into.push_back({of, verdict_at(each, "severity"), text_at(each, "code"), text_at(each, "message"),
                        text_at(each, "remedy"), time_at(each, "since")});
}

std::optional<rotation_view> read_rotation(const json& from) {
    if (from.is_null())
        return std::nullopt;
    return rotation_view{text_at(from, "reason"), time_at(from, "began_at"),
                         from.at("regenerates").get<unsigned>(), from.at("installs").get<unsigned>()};
}

std::optional<preflight_view> read_preflight(const json& from) {
    if (from.is_null())
        return std::nullopt;
    return preflight_view{time_at(from, "at"), from.at("passed").get<bool>(), text_at(from, "problem"),
                          text_at(from, "remedy")};
}

/// An outcome that is new to this version counts as one that is not "installed".
void read_ended(const json& from, tunnel_view& into) {
    for (const auto& [outcome, count] : from.items())
        (outcome == "installed" ? into.installed : into.ended_otherwise) += count.get<std::uint64_t>();
}

tunnel_view read_tunnel(const json& from) {
    tunnel_view into;
    into.name = text_at(from, "name");
    into.organization = text_at(from, "organization");
    into.organization_id = text_at(from, "organization_id");
    into.hostname = text_at(from, "hostname");
    into.instance_url = text_at(from, "instance_url");
    into.configured = from.at("configured").get<bool>();
    into.state = text_at(from, "state");
    into.status = verdict_at(from, "status");
    into.last_success = time_at(from, "last_success");
    into.paused_at = time_at(from, "paused_at");
    if (const auto& next = from.at("next"); !next.is_null()) {
        into.next_at = time_at(next, "at");
        into.next_reason = text_at(next, "reason");
    }
    into.rotation = read_rotation(from.at("rotation"));
    into.gap_opened_at = time_at(from, "gap_opened_at");
    into.key_pending = from.at("key_pending").get<bool>();
    into.confirmation_owed = from.at("confirmation_owed").get<bool>();
    into.failures = from.at("failures").get<unsigned>();
    into.last_error = text_at(from, "last_error");
    into.retry_at = time_at(from, "retry_at");
    into.preflight = read_preflight(from.at("preflight"));
    into.credential_expires = time_at(from, "credential_expires");
    into.client_certificate_expires = time_at(from, "client_certificate_expires");
    read_ended(from.at("rotations"), into);
    read_problems(from, into.name, into.problems);
    return into;
}

status_view read_all(const json& from) {
    const auto& daemon = from.at("daemon");
    status_view into;
    const auto at = time_at(from, "at");
    if (!at)
        throw std::runtime_error("it has no time");
    into.at = *at;
    into.started_at = time_at(daemon, "started_at");
    into.not_ready = text_at(daemon, "not_ready_because");
    into.verdict = verdict_at(daemon, "status");
    for (const auto& each : daemon.at("configuration").at("needs_restart"))
        into.needs_restart.push_back(printable(each.get_ref<const std::string&>()));
    read_problems(daemon, "the daemon", into.problems);
    for (const auto& each : from.at("organizations")) {
        read_problems(each, "organization " + text_at(each, "name"), into.problems);
        if (const auto waiting = each.value("waiting_for_rate_limit", std::size_t{0}); waiting > 0)
            into.limited.emplace_back(text_at(each, "name"), waiting);
    }
    for (const auto& each : from.at("tunnels"))
        into.tunnels.push_back(read_tunnel(each));
    return into;
}

}  // namespace

status_view read_status(const std::string& json_text) {
    return understood<json>(json_text, read_all);
}

core::health read_verdict(const std::string& json_text) {
    verdict_finder finder;
    static_cast<void>(json::sax_parse(json_text, &finder));
    return verdict_of(finder.found);
}

}  // namespace tunnelkeyd::daemon
