#include "simulator/truth.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>
#include <utility>

namespace tunnelkeyd::simulator {

namespace {

constexpr std::array<std::string_view, 6> state_names = {"RUNNING",   "STARTING",    "STOPPING",
                                                         "FIRST_RUN", "MAINTENANCE", "ERROR"};
constexpr std::size_t kept_changes = 1000;

std::string hostname_key(std::string_view organization, std::string_view hostname) {
    return std::string(organization) + "/" + std::string(hostname);
}

template <class Map>
tunnel* find_in(const Map& map, std::string_view key) {
    const auto found = map.find(std::string(key));
    return found == map.end() ? nullptr : found->second;
}

template <class Projection>
organization* find_organization_by(std::deque<organization>& all, std::string_view value, Projection field) {
    const auto found = std::ranges::find(all, value, field);
    return found == all.end() ? nullptr : &*found;
}

}  // namespace

std::string_view to_string(instance_state state) {
    return state_names.at(static_cast<std::size_t>(state));
}

instance_state parse_instance_state(std::string_view text) {
    const auto* found = std::ranges::find(state_names, text);
    if (found == state_names.end())
        throw std::invalid_argument("no such state: " + std::string(text));
    return static_cast<instance_state>(found - state_names.begin());
}

core::duration tunnel::out_of_step_total(core::wall_time now) const {
    return out_of_step_before + (out_of_step_since ? now - *out_of_step_since : core::duration(0));
}

truth::truth(std::function<std::string()> make_key) : make_key_(std::move(make_key)) {
}

organization& truth::add(organization added) {
    return organizations_.emplace_back(std::move(added));
}

tunnel& truth::add(tunnel added) {
    if (find_tunnel(added.name) != nullptr ||
        find_tunnel_by_hostname(added.organization, added.hostname) != nullptr)
        throw std::invalid_argument("there is a tunnel like " + added.name + " already");
    tunnel& kept = tunnels_.emplace_back(std::move(added));
    kept.cloud_key = kept.instance_key = make_key_();
    by_name_.emplace(kept.name, &kept);
    by_hostname_.emplace(hostname_key(kept.organization, kept.hostname), &kept);
    return kept;
}

organization* truth::find_organization(std::string_view name) {
    return find_organization_by(organizations_, name, &organization::name);
}

organization* truth::find_organization_by_id(std::string_view id) {
    return find_organization_by(organizations_, id, &organization::id);
}

organization* truth::find_organization_by_api_key(std::string_view api_key) {
    return find_organization_by(organizations_, api_key, &organization::api_key);
}

tunnel* truth::find_tunnel(std::string_view name) {
    return find_in(by_name_, name);
}

tunnel* truth::find_tunnel_by_hostname(std::string_view organization, std::string_view hostname) {
    return find_in(by_hostname_, hostname_key(organization, hostname));
}

void truth::regenerate(tunnel& at, core::wall_time now) {
    at.cloud_key = make_key_();
    ++at.regenerates;
    note_change(at, true, now);
}

void truth::install(tunnel& at, std::string key, core::wall_time now) {
    at.instance_key = std::move(key);
    ++at.installs;
    note_change(at, false, now);
}

void truth::note_change(tunnel& at, bool at_cloud, core::wall_time now) {
    at.changes.push_back({now, at_cloud, at_cloud ? at.cloud_key : at.instance_key});
    if (at.changes.size() > kept_changes)
        at.changes.pop_front();
    if (at.in_step() && at.out_of_step_since) {
        at.out_of_step_before += now - *at.out_of_step_since;
        at.out_of_step_since.reset();
    } else if (!at.in_step() && !at.out_of_step_since) {
        at.out_of_step_since = now;
    }
}

std::optional<core::duration> truth::admit(organization& from, core::wall_time now) {
    if (from.request_limit == 0)
        return std::nullopt;
    auto& recent = from.admitted;
    while (!recent.empty() && now - recent.front() >= from.request_window)
        recent.pop_front();
    if (recent.size() < from.request_limit) {
        recent.push_back(now);
        return std::nullopt;
    }
    ++from.turned_away;
    return recent[recent.size() - from.request_limit] + from.request_window - now;
}

}  // namespace tunnelkeyd::simulator
