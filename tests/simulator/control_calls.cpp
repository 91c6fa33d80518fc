#include "simulator/control_calls.hpp"

#include "simulator/control_json.hpp"

#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <stdexcept>

namespace tunnelkeyd::simulator {

namespace {

using nlohmann::ordered_json;

struct not_found : std::runtime_error {
    using runtime_error::runtime_error;
};

constexpr std::uint64_t most_listed = 10'000;

reply as_reply(const ordered_json& body) {
    return json_reply(200, body.dump());
}

reply as_error(unsigned status, const std::string& what) {
    return json_reply(status, ordered_json{{"error", what}}.dump());
}

boost::urls::url_view parse_target(const std::string& target) {
    const auto parsed = boost::urls::parse_origin_form(target);
    if (!parsed)
        throw std::invalid_argument("the target cannot be read");
    return *parsed;
}

std::string parameter(const boost::urls::url_view& from, std::string_view name) {
    for (const auto& found : from.params())
        if (found.key == name)
            return found.value;
    return "";
}

template <class Number>
Number number_parameter(const boost::urls::url_view& from, std::string_view name, Number fallback) {
    const auto text = parameter(from, name);
    if (text.empty())
        return fallback;
    Number number{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size())
        throw std::invalid_argument(std::string(name) + " is a number");
    return number;
}

tunnel& tunnel_called(world& all, std::string_view name) {
    if (auto* found = all.tunnels.find_tunnel(name))
        return *found;
    throw not_found("no such tunnel: " + std::string(name));
}

reply list_tunnels(const world& all) {
    const auto now = all.now();
    auto list = ordered_json::array();
    for (const auto& each : all.tunnels.tunnels())
        list.push_back(to_json(each, now));
    return as_reply({{"now_ms", now.time_since_epoch().count()}, {"tunnels", std::move(list)}});
}

reply show_tunnel(world& all, std::string_view name) {
    const auto& found = tunnel_called(all, name);
    auto body = to_json(found, all.now());
    body["changes"] = changes_to_json(found);
    return as_reply(body);
}

reply change_tunnel(world& all, std::string_view name, const std::string& json) {
    auto& found = tunnel_called(all, name);
    change(found, json);
    return as_reply(to_json(found, all.now()));
}

organization& organization_called(world& all, std::string_view name) {
    auto* found = all.tunnels.find_organization(name);
    if (found == nullptr)
        throw not_found("no such organization: " + std::string(name));
    return *found;
}

reply change_organization(world& all, std::string_view name, const std::string& json) {
    change(organization_called(all, name), json);
    return as_reply(ordered_json::object());
}

reply list_requests(const world& all, const boost::urls::url_view& url) {
    const auto after = number_parameter<std::uint64_t>(url, "after", 0);
    const auto limit = number_parameter<std::uint64_t>(url, "limit", most_listed);
    const auto& kept = all.requests.kept();
    auto list = ordered_json::array();
    auto at = std::ranges::upper_bound(kept, after, {}, &request_record::number);
    for (; at != kept.end() && list.size() < std::min(limit, most_listed); ++at)
        list.push_back(to_json(*at));
    return as_reply({{"last", all.requests.last_number()}, {"requests", std::move(list)}});
}

reply list_faults(const world& all) {
    auto active = ordered_json::array();
    auto spent = ordered_json::array();
    for (const auto& each : all.faults.active())
        active.push_back(to_json(each));
    for (const auto& each : all.faults.spent())
        spent.push_back(to_json(each));
    return as_reply({{"active", std::move(active)}, {"spent", std::move(spent)}});
}

reply handle_faults(world& all, const request& asked) {
    if (asked.method == "POST")
        return as_reply({{"id", all.faults.add(parse_fault(asked.body))}});
    if (asked.method == "GET")
        return list_faults(all);
    all.faults.clear();
    return as_reply(ordered_json::object());
}

wait_order read_wait(world& all, const boost::urls::url_view& url) {
    wait_order order;
    const auto what = parameter(url, "call");
    if (!what.empty() && what != "any")
        order.condition.what = parse_call(what);
    order.condition.tunnel = parameter(url, "tunnel");
    if (!order.condition.tunnel.empty())
        tunnel_called(all, order.condition.tunnel);
    if (parameter(url, "applied") == "1")
        order.condition.stage = stage_of_request::applied;
    if (parameter(url, "answered") == "1")
        order.condition.stage = stage_of_request::answered;
    order.condition.count = number_parameter<std::uint64_t>(url, "count", 1);
    const auto seconds = number_parameter<double>(url, "timeout", 10);
    if (!(seconds >= 0 && seconds <= 600))
        throw std::invalid_argument("timeout is from 0 to 600");
    order.timeout = core::duration(std::llround(seconds * 1000));
    return order;
}

reply act(const std::function<void()>& action) {
    action();
    return as_reply(ordered_json::object());
}

std::variant<reply, wait_order> dispatch(world& all, const control_actions& actions, const request& asked) {
    const auto url = parse_target(asked.target);
    const std::string path = url.path();
    const std::string call = asked.method + " " + path;
    const auto name_below = [&](std::string_view folder) {
        return std::string_view(path).substr(folder.size());
    };
    if (call == "GET /tunnels")
        return list_tunnels(all);
    if (call == "GET /requests")
        return list_requests(all, url);
    if (call == "GET /counters")
        return as_reply(counters_to_json(all));
    if (call == "GET /wait")
        return read_wait(all, url);
    if (call == "GET /faults" || call == "POST /faults" || call == "DELETE /faults")
        return handle_faults(all, asked);
    if (call == "POST /release")
        return act(actions.release);
    if (call == "POST /shutdown")
        return act(actions.shutdown);
    if (call.starts_with("GET /tunnels/"))
        return show_tunnel(all, name_below("/tunnels/"));
    if (call.starts_with("POST /tunnels/"))
        return change_tunnel(all, name_below("/tunnels/"), asked.body);
    if (call.starts_with("GET /organizations/"))
        return as_reply({{"turned_away", organization_called(all, name_below("/organizations/")).turned_away}});
    if (call.starts_with("POST /organizations/"))
        return change_organization(all, name_below("/organizations/"), asked.body);
    throw not_found("no such call: " + call);
}

}  // namespace

std::variant<reply, wait_order> answer_control(world& all, const control_actions& actions,
                                               const request& asked) {
    try {
        return dispatch(all, actions, asked);
    } catch (const not_found& error) {
        return as_error(404, error.what());
    } catch (const std::exception& error) {
        return as_error(400, error.what());
    }
}

}  // namespace tunnelkeyd::simulator
