#include "simulator/instance_calls.hpp"

#include "simulator/random_text.hpp"

#include <nlohmann/json.hpp>

namespace tunnelkeyd::simulator {

namespace {

/// The reply to an install as Atlassian publishes it
/// (support.atlassian.com/organization-administration/docs/set-up-automatic-key-rotation), to the letter: two
/// commas stand where colons belong, and one trails.
constexpr std::string_view published_sample = R"({
  "name": "tunnel1",
  "cloudOrgName": "Cloud Org Name",
  "cloudPageUrl", "https://admin.atlassian.com/o/0c632b13-d717-4d1f-b895-208a5599d2f2/tunnels",
  "appLinksUrl", "<Atlassian_Cloud_BaseURL>/plugins/servlet/applinks/listApplicationLinks",
})";

struct instance_path {
    std::string_view name;
    std::string_view rest;
};

instance_path split(std::string_view path) {
    if (!path.starts_with('/'))
        return {};
    const auto end = path.find('/', 1);
    if (end == std::string_view::npos)
        return {path.substr(1), ""};
    return {path.substr(1, end - 1), path.substr(end)};
}

call call_at(const tunnel& at, std::string_view rest, std::string_view method) {
    if (!rest.starts_with(at.context))
        return call::other;
    rest.remove_prefix(at.context.size());
    if (rest == "/status" && method == "GET")
        return call::status;
    if (rest == "/plugins/servlet/applinks/whoami" && method == "GET")
        return call::whoami;
    if (rest == "/rest/secure-tunneling/latest/tunnel/token" && method == "PUT")
        return call::install;
    return call::other;
}

bool logged_in(const tunnel& at, const request& asked) {
    return asked.authorization == "Bearer " + at.token ||
           asked.authorization == "Basic " + base64(at.username + ":" + at.password);
}

reply say_status(const tunnel& at) {
    const unsigned status = at.state == instance_state::maintenance ? 503
                            : at.state == instance_state::error     ? 500
                                                                    : 200;
    return json_reply(status, "{\"state\":\"" + std::string(to_string(at.state)) + "\"}");
}

reply say_whoami(const tunnel& at, const request& asked) {
    if (at.whoami == whoami_answer::not_found)
        return html_reply(404);
    const bool known = at.whoami == whoami_answer::user && logged_in(at, asked);
    return {200, "text/plain;charset=UTF-8", known ? at.username : "", {}};
}

reply installed(const tunnel& at) {
    if (!at.install_reply_name)
        return json_reply(200, std::string(published_sample));
    nlohmann::ordered_json body;
    body["name"] = *at.install_reply_name;
    body["cloudOrgName"] = at.organization;
    body["cloudPageUrl"] = "https://admin.atlassian.com/o/0c632b13-d717-4d1f-b895-208a5599d2f2/tunnels";
    body["appLinksUrl"] = at.instance_url + "/plugins/servlet/applinks/listApplicationLinks";
    return json_reply(200, body.dump());
}

reply install(truth& all, tunnel& at, const request& asked, core::wall_time now) {
    if (!logged_in(at, asked))
        return html_reply(401);
    if (asked.atlassian_token != "no-check")
        return {403, "text/plain", "XSRF check failed", {}};
    const auto body = nlohmann::json::parse(asked.body, nullptr, false);
    const auto* key = body.is_object() && body.contains("token") ? &body["token"] : nullptr;
    if (key == nullptr || !key->is_string() || key->get_ref<const std::string&>().empty())
        return json_reply(400, R"({"message": "No token"})");
    all.install(at, key->get<std::string>(), now);
    return installed(at);
}

}  // namespace

route route_to_instance(truth& all, const request& asked) {
    const auto path = split(asked.path());
    const auto* found = all.find_tunnel(path.name);
    if (found == nullptr)
        return {side::instance, call::other, ""};
    return {side::instance, call_at(*found, path.rest, asked.method), found->name};
}

reply answer_as_instance(truth& all, const request& asked, core::wall_time now) {
    const auto path = split(asked.path());
    auto* at = all.find_tunnel(path.name);
    if (at == nullptr)
        return html_reply(404);
    switch (call_at(*at, path.rest, asked.method)) {
    case call::status:
        return say_status(*at);
    case call::whoami:
        return say_whoami(*at, asked);
    case call::install:
        return install(all, *at, asked, now);
    default:
        return html_reply(404);
    }
}

}  // namespace tunnelkeyd::simulator
