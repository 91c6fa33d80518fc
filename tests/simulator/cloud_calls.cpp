#include "simulator/cloud_calls.hpp"

#include <nlohmann/json.hpp>

#include <ctime>
#include <optional>

namespace tunnelkeyd::simulator {

namespace {

/// `/admin/v1/orgs/{id}` and `/admin/v1/orgs/{id}/tunnels/{hostname}/token`.
struct cloud_path {
    std::string_view organization_id;
    std::string_view hostname;  ///< "" in the first
};

/// Takes the text up to the next slash, and the slash, off `rest`.
std::string_view take_segment(std::string_view& rest) {
    const auto end = rest.find('/');
    const auto segment = rest.substr(0, end);
    rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
    return segment;
}

std::optional<cloud_path> parse_path(std::string_view path) {
    constexpr std::string_view prefix = "/admin/v1/orgs/";
    if (!path.starts_with(prefix))
        return std::nullopt;
    auto rest = path.substr(prefix.size());
    cloud_path parsed;
    parsed.organization_id = take_segment(rest);
    if (parsed.organization_id.empty())
        return std::nullopt;
    if (rest.empty())
        return parsed;
    if (take_segment(rest) != "tunnels")
        return std::nullopt;
    parsed.hostname = take_segment(rest);
    if (parsed.hostname.empty() || rest != "token")
        return std::nullopt;
    return parsed;
}

tunnel* find_tunnel(truth& all, const cloud_path& path) {
    const auto* owner = all.find_organization_by_id(path.organization_id);
    return owner == nullptr ? nullptr : all.find_tunnel_by_hostname(owner->name, path.hostname);
}

std::string iso8601(core::wall_time at) {
    const std::time_t seconds = std::chrono::system_clock::to_time_t(at);
    std::tm utc{};
    ::gmtime_r(&seconds, &utc);
    char text[32];
    return {text, std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &utc)};
}

reply too_many_requests(core::duration wait, core::wall_time now) {
    const auto seconds = std::chrono::ceil<std::chrono::seconds>(wait);
    reply answer = json_reply(429, R"({"code": 429, "message": "Rate limit exceeded"})");
    answer.headers.emplace_back("Retry-After", std::to_string(seconds.count()));
    answer.headers.emplace_back("X-RateLimit-Reset", iso8601(now + seconds));
    return answer;
}

reply not_found() {
    return json_reply(404, R"({"code": 404, "message": "Not found"})");
}

reply describe(const organization& found) {
    nlohmann::ordered_json body;
    body["data"] = {{"id", found.id}, {"type", "orgs"}, {"attributes", {{"name", found.name}}}};
    return json_reply(200, body.dump());
}

/// The members and their order are those of Atlassian's published sample.
reply regenerated(const tunnel& at) {
    nlohmann::ordered_json body;
    body["id"] = at.id;
    body["name"] = at.name;
    body["token"] = at.cloud_key;
    body["status"] = at.in_step() ? "CONNECTED" : "DISCONNECTED";
    body["onPremiseUrl"] = at.on_premise_url;
    body["upstreamDnsUrl"] = "http://" + at.id + ".self-hosted.atlassian.com";
    return json_reply(200, body.dump());
}

}  // namespace

route route_to_cloud(truth& all, const request& asked) {
    route to{side::cloud, call::other, ""};
    const auto path = parse_path(asked.path());
    if (!path)
        return to;
    if (path->hostname.empty()) {
        if (asked.method == "GET")
            to.what = call::read_organization;
        return to;
    }
    if (const auto* found = find_tunnel(all, *path))
        to.tunnel = found->name;
    if (asked.method == "PUT")
        to.what = call::regenerate;
    return to;
}

reply answer_as_cloud(truth& all, const request& asked, core::wall_time now) {
    constexpr std::string_view scheme = "Bearer ";
    const std::string_view authorization = asked.authorization;
    const auto api_key = authorization.starts_with(scheme) ? authorization.substr(scheme.size()) : "";
    if (all.find_organization_by_api_key(api_key) == nullptr)
        return html_reply(401);
    const auto path = parse_path(asked.path());
    if (!path)
        return not_found();
    auto* owner = all.find_organization_by_id(path->organization_id);
    if (owner == nullptr)
        return not_found();
    if (owner->api_key != api_key)
        return html_reply(401);
    if (const auto wait = truth::admit(*owner, now))
        return too_many_requests(*wait, now);
    const bool about_tunnel = !path->hostname.empty();
    if (asked.method != (about_tunnel ? "PUT" : "GET"))
        return json_reply(405, R"({"code": 405, "message": "Method not allowed"})");
    if (!about_tunnel)
        return describe(*owner);
    auto* at = find_tunnel(all, *path);
    if (at == nullptr)
        return not_found();
    all.regenerate(*at, now);
    return regenerated(*at);
}

}  // namespace tunnelkeyd::simulator
