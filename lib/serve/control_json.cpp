#include "serve/control_json.hpp"

#include "core/json_text.hpp"
#include "serve/json_parts.hpp"

#include <nlohmann/json.hpp>

namespace tunnelkeyd::serve {

namespace {

using nlohmann::ordered_json;

constexpr auto time_json = time_as<ordered_json>;
constexpr auto text_json = text_as<ordered_json>;

ordered_json key_json(const core::pending_report& of) {
    if (of.number == 0)
        return nullptr;
    return {{"number", of.number}, {"minted_at", time_json(of.minted_at)}, {"readable", of.readable}};
}

ordered_json pending_json(const core::pending_report& of) {
    ordered_json json;
    json["tunnel"] = of.tunnel;
    json["organization"] = text_json(of.organization);
    json["organization_id"] = of.id.organization_id;
    json["hostname"] = of.id.hostname;
    json["instance_url"] = text_json(of.instance_url);
    json["configured"] = of.configured;
    json["state"] = of.state;
    json["gap_opened_at"] = time_json(of.gap_opened_at);
    json["key"] = key_json(of);
    json["regenerates"] = of.regenerates;
    json["installs"] = of.installs;
    json["problems"] = problems_as<ordered_json>(of.problems);
    return json;
}

ordered_json rotation_json(const core::past_rotation& past) {
    const auto& entry = past.entry;
    ordered_json json;
    json["tunnel"] = past.tunnel;
    json["reason"] = core::to_string(entry.why);
    json["began_at"] = time_json(entry.began_at);
    json["ended_at"] = time_json(entry.ended_at);
    json["gap_seconds"] = std::chrono::duration<double>(entry.gap).count();
    json["regenerates"] = entry.regenerates;
    json["installs"] = entry.installs;
    json["outcome"] = core::to_string(entry.how);
    json["error"] = text_json(entry.error);
    return json;
}

ordered_json pause_json(const core::pause_report& of) {
    return {{"tunnel", of.tunnel},
            {"paused_at", time_json(of.paused_at)},
            {"changed", of.changed},
            {"key_gap_open", of.gap_open}};
}

template <class Item>
std::string list_text(const char* name, const std::vector<Item>& items,
                      ordered_json (*json_of)(const Item& item)) {
    auto all = ordered_json::array();
    for (const auto& each : items)
        all.push_back(json_of(each));
    ordered_json json;
    json[name] = std::move(all);
    return line_of(json);
}

}  // namespace

std::string_view word_of(core::resolution how) {
    return how == core::resolution::installed ? "installed" : "regenerate";
}

std::string text_of(const core::reload_outcome& done) {
    ordered_json json;
    json["changes"] = {{"added", done.changes.added},
                       {"removed", done.changes.removed},
                       {"renamed", done.changes.renamed},
                       {"changed", done.changes.changed},
                       {"unchanged", done.changes.unchanged}};
    json["warnings"] = done.warnings;
    json["needs_restart"] = done.needs_restart;
    return line_of(json);
}

std::string text_of(const core::rotate_report& done) {
    return line_of(ordered_json{{"tunnel", done.tunnel}, {"joined", done.joined}});
}

std::string text_of(const core::pause_report& done) {
    return line_of(pause_json(done));
}

std::string text_of(const std::vector<core::pause_report>& done) {
    return list_text("tunnels", done, pause_json);
}

std::string text_of(const core::examination& done) {
    auto checks = ordered_json::array();
    for (const auto& line : done.lines)
        checks.push_back({{"check", line.check},
                          {"result", core::to_string(line.came_out)},
                          {"found", line.found},
                          {"remedy", text_json(line.remedy)}});
    ordered_json json;
    json["tunnel"] = done.tunnel;
    json["passed"] = done.passed();
    json["checks"] = std::move(checks);
    return line_of(json);
}

std::string text_of(const std::vector<core::past_rotation>& done) {
    return list_text("rotations", done, rotation_json);
}

std::string text_of(const std::vector<core::pending_report>& done) {
    return list_text("pending", done, pending_json);
}

std::string text_of(const core::resolve_report& done) {
    return line_of(ordered_json{{"tunnel", done.tunnel}, {"how", word_of(done.how)}, {"later", done.later}});
}

std::string text_of(const core::refusal& refused) {
    ordered_json json{{"code", refused.code}, {"message", refused.message}, {"remedy", refused.remedy}};
    if (!refused.details.empty())
        json["errors"] = refused.details;
    return line_of(json);
}

core::secret text_of(const core::revealed_key& done) {
    auto before = line_of(pending_json(done.pending));
    before.resize(before.rfind('}'));
    auto key = core::json_text(done.key ? done.key->reveal() : std::string_view());
    constexpr std::string_view name = ",\"token\":";
    constexpr std::string_view end = "}\n";
    std::string text;
    // At once, so that no shorter copy stays behind.
    text.reserve(before.size() + name.size() + key.size() + end.size());
    text.append(before).append(name).append(key).append(end);
    core::secret made(text);
    core::wipe(text);
    core::wipe(key);
    return made;
}

}  // namespace tunnelkeyd::serve
