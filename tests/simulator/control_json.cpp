#include "simulator/control_json.hpp"

#include <nlohmann/json.hpp>

#include <stdexcept>
#include <utility>

namespace tunnelkeyd::simulator {

namespace {

using nlohmann::json;
using nlohmann::ordered_json;

auto milliseconds(core::wall_time at) {
    return at.time_since_epoch().count();
}

ordered_json text_or_null(const std::string& text) {
    return text.empty() ? ordered_json() : ordered_json(text);
}

whoami_answer parse_whoami(const std::string& text) {
    if (text == "user")
        return whoami_answer::user;
    if (text == "stranger")
        return whoami_answer::stranger;
    if (text == "404")
        return whoami_answer::not_found;
    throw std::invalid_argument("whoami is user, stranger or 404");
}

std::optional<std::string> parse_install_reply(const json& value, const tunnel& at) {
    if (value.is_object())
        return value.at("name").get<std::string>();
    if (value == "sample")
        return std::nullopt;
    if (value == "valid")
        return at.name;
    throw std::invalid_argument("install_reply is sample, valid or {\"name\": ...}");
}

void change_member(tunnel& at, const std::string& member, const json& value) {
    if (member == "instance_state")
        at.state = parse_instance_state(value.get<std::string>());
    else if (member == "whoami")
        at.whoami = parse_whoami(value.get<std::string>());
    else if (member == "token")
        at.token = value.get<std::string>();
    else if (member == "on_premise_url")
        at.on_premise_url = value.get<std::string>();
    else if (member == "install_reply")
        at.install_reply_name = parse_install_reply(value, at);
    else
        throw std::invalid_argument("a tunnel has no " + member + " to change");
}

void change_member(organization& at, const std::string& member, const json& value) {
    if (member == "api_key")
        at.api_key = value.get<std::string>();
    else if (member == "request_limit")
        at.request_limit = value.get<unsigned>();
    else if (member == "request_window_ms")
        at.request_window = core::duration(value.get<std::uint32_t>());
    else
        throw std::invalid_argument("an organization has no " + member + " to change");
}

template <class Thing>
void change_members(Thing& at, const std::string& text) {
    try {
        Thing changed = at;
        const auto members = json::parse(text);
        if (!members.is_object())
            throw std::invalid_argument("a JSON object is expected");
        for (const auto& [member, value] : members.items())
            change_member(changed, member, value);
        at = std::move(changed);
    } catch (const json::exception& error) {
        throw std::invalid_argument(error.what());
    }
}

}  // namespace

ordered_json to_json(const tunnel& at, core::wall_time now) {
    ordered_json made;
    made["name"] = at.name;
    made["organization"] = at.organization;
    made["hostname"] = at.hostname;
    made["instance_url"] = at.instance_url;
    made["on_premise_url"] = at.on_premise_url;
    made["instance_state"] = to_string(at.state);
    made["cloud_key"] = at.cloud_key;
    made["instance_key"] = at.instance_key;
    made["in_step"] = at.in_step();
    made["connected"] = at.in_step();
    made["out_of_step_since_ms"] =
        at.out_of_step_since ? ordered_json(milliseconds(*at.out_of_step_since)) : ordered_json();
    made["out_of_step_total_ms"] = at.out_of_step_total(now).count();
    made["regenerates"] = at.regenerates;
    made["installs"] = at.installs;
    return made;
}

ordered_json changes_to_json(const tunnel& at) {
    auto made = ordered_json::array();
    for (const auto& change : at.changes)
        made.push_back({{"at_ms", milliseconds(change.at)},
                        {"side", to_string(change.at_cloud ? side::cloud : side::instance)},
                        {"key", change.key}});
    return made;
}

ordered_json to_json(const request_record& record) {
    ordered_json made;
    made["number"] = record.number;
    made["at_ms"] = milliseconds(record.at);
    made["side"] = to_string(record.to.to);
    made["tunnel"] = record.to.tunnel;
    made["call"] = to_string(record.to.what);
    made["method"] = record.method;
    made["target"] = record.target;
    made["host"] = record.host;
    made["authorization"] = record.authorization;
    made["content_length"] = text_or_null(record.content_length);
    made["expect"] = text_or_null(record.expect);
    made["x_atlassian_token"] = text_or_null(record.atlassian_token);
    made["fault"] = text_or_null(record.fault);
    made["status"] = record.status == 0 ? ordered_json() : ordered_json(record.status);
    made["connection"] = record.connection;
    made["first_on_connection"] = record.first_on_connection;
    return made;
}

ordered_json to_json(const fault& set) {
    ordered_json made;
    made["id"] = set.id;
    made["kind"] = to_string(set.kind);
    made["call"] = set.what ? to_string(*set.what) : "any";
    made["tunnel"] = text_or_null(set.tunnel);
    made["times"] = set.times;
    made["probability"] = set.probability;
    made["fired"] = set.fired;
    return made;
}

ordered_json counters_to_json(const world& all) {
    constexpr std::array<const char*, stage_count> stages = {"arrived", "applied", "answered"};
    ordered_json made;
    for (const auto which : {side::cloud, side::instance})
        for (std::size_t stage = 0; stage < stage_count; ++stage)
            made["sides"][std::string(to_string(which))][stages[stage]] =
                all.requests.count(which, static_cast<stage_of_request>(stage));
    for (std::size_t what = 0; what < call_count; ++what)
        for (std::size_t stage = 0; stage < stage_count; ++stage)
            made["calls"][std::string(to_string(static_cast<call>(what)))][stages[stage]] =
                all.requests.count({static_cast<call>(what), "", static_cast<stage_of_request>(stage), 0});
    made["connections"] = {{"accepted", all.connections.accepted}, {"open", all.connections.open}};
    made["handshakes"] = {{"done", all.connections.handshakes}, {"failed", all.connections.failed_handshakes}};
    return made;
}

void change(tunnel& at, const std::string& text) {
    change_members(at, text);
}

void change(organization& at, const std::string& text) {
    change_members(at, text);
}

}  // namespace tunnelkeyd::simulator
