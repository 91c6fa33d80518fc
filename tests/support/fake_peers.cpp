#include "support/fake_peers.hpp"

#include <utility>

namespace tunnelkeyd::tests {

namespace {

constexpr core::duration cloud_limit = std::chrono::seconds(60);

core::exchange unauthorized() {
    return reply(401, "<html>log in</html>", "text/html");
}

std::string minted(const fake_cloud::tunnel& tunnel) {
    return R"({"id": "1", "name": ")" + tunnel.name + R"(", "token": ")" + tunnel.key +
           R"(", "status": "CONNECTED", "onPremiseUrl": ")" + tunnel.on_premise_url + R"("})";
}

// The published sample, which is not JSON.
std::string installed(const std::string& name) {
    return R"({"name": ")" + name + R"(", "cloudOrgName", "acme", "cloudPageUrl": "",})";
}

}  // namespace

void fake_cloud::read_organization(const core::organization& organization, const core::secret& api_key,
                                   ports::exchange_handler done) {
    if (told)
        told("organization");
    wire_.send(
        organization.id, call::organization, cloud_limit,
        [this, id = organization.id, key = std::string(api_key.reveal())] {
            return api_keys[id] == key ? reply(200, "{}") : unauthorized();
        },
        std::move(done));
}

void fake_cloud::regenerate(const core::identity& id, const core::secret& api_key, core::duration timeout,
                            ports::exchange_handler done) {
    if (told)
        told("regenerate");
    timeouts.push_back(timeout);
    if (before_regenerate)
        before_regenerate(id);
    wire_.send(
        id.hostname, call::regenerate, timeout,
        [this, id, key = std::string(api_key.reveal())] {
            if (api_keys[id.organization_id] != key)
                return unauthorized();
            const auto found = tunnels.find(id);
            if (found == tunnels.end())
                return reply(404, "{}");
            auto& known = found->second;
            known.key = "s3cr3t-key-" + id.hostname + "-" + std::to_string(++known.made);
            return reply(200, minted(known));
        },
        std::move(done));
}

void fake_cloud::examine(ports::way_handler done) {
    if (told)
        told("way to the cloud");
    wire_.walk(way, std::move(done));
}

fake_instances::product& fake_instances::at(const std::string& url) {
    const auto other = moved.find(url);
    return products[other == moved.end() ? url : other->second];
}

void fake_instances::read_status(const core::instance& settings, ports::exchange_handler done) {
    if (told)
        told("status");
    const auto url = settings.url.text();
    wire_.send(
        at(url).target, call::status, settings.timeout.connect,
        [this, url] {
            const auto& known = at(url);
            return reply(known.state_status, R"({"state": ")" + known.state + R"("})");
        },
        std::move(done));
}

void fake_instances::who_am_i(const core::instance& settings, const ports::credentials& authorization,
                              ports::exchange_handler done) {
    if (told)
        told("whoami");
    const auto url = settings.url.text();
    wire_.send(
        at(url).target, call::whoami, settings.timeout.request,
        [this, url, given = std::string(authorization.reveal())] {
            return reply(200, at(url).authorization == given ? "rotator" : "", "text/plain");
        },
        std::move(done));
}

void fake_instances::install(const core::instance& settings, const ports::credentials& authorization,
                             const core::shared_secret& key, ports::exchange_handler done) {
    if (told)
        told("install");
    if (before_install)
        before_install(settings, *key);
    const auto url = settings.url.text();
    wire_.send(
        at(url).target, call::install, settings.timeout.request,
        [this, url, given = std::string(authorization.reveal()), new_key = std::string(key->reveal())] {
            auto& known = at(url);
            if (known.authorization != given)
                return unauthorized();
            if (known.unwanted.contains(new_key))
                return reply(422, "{}");
            known.key = new_key;
            known.installed_at.push_back(loop_.now().steady);
            return reply(200, installed(known.name));
        },
        std::move(done));
}

void fake_instances::examine(const core::instance& settings, ports::way_handler done) {
    if (told)
        told("way to the instance");
    const auto url = settings.url.text();
    wire_.walk(at(url).way.value_or(whole_way(url)), std::move(done));
}

}  // namespace tunnelkeyd::tests
