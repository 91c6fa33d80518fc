#include "net/https_cloud.hpp"

#include "net/http_client.hpp"

namespace tunnelkeyd::net {

namespace {

endpoint endpoint_of(const core::cloud_settings& settings) {
    return {settings.url, settings.tls, settings.proxy, "cloud"};
}

std::string organization_path(std::string_view id) {
    return "/admin/v1/orgs/" + path_segment(id);
}

}  // namespace

https_cloud::https_cloud(boost::asio::io_context& loop, const ports::secrets& secrets,
                         core::cloud_settings settings, client_options options)
    : settings_(std::move(settings)),
      client_(std::make_unique<http_client>(loop, secrets, std::move(options))) {
}

https_cloud::~https_cloud() = default;

void https_cloud::read_organization(const core::organization& organization, const core::secret& api_key,
                                    ports::exchange_handler done) {
    send("GET", organization_path(organization.id), api_key, settings_.timeout.request, std::move(done),
         use_of_connection::kept);
}

void https_cloud::regenerate(const core::identity& tunnel, const core::secret& api_key, core::duration timeout,
                             ports::exchange_handler done) {
    const auto path =
        organization_path(tunnel.organization_id) + "/tunnels/" + path_segment(tunnel.hostname) + "/token";
    send("PUT", path, api_key, timeout, std::move(done), use_of_connection::own);
}

void https_cloud::examine(ports::way_handler done) {
    client_->examine(endpoint_of(settings_), settings_.timeout.connect, std::move(done));
}

std::string https_cloud::missing_secret() const {
    return client_->missing_secret(endpoint_of(settings_));
}

void https_cloud::send(std::string_view method, const std::string& path, const core::secret& api_key,
                       core::duration timeout, ports::exchange_handler done, use_of_connection use) {
    wiping_string bearer;
    bearer.reserve(32 + api_key.size());
    bearer.append("Bearer ").append(api_key.reveal());
    const header_field fields[] = {{"Authorization", bearer}, {"Accept", "application/json"}};
    auto request = make_request(method, settings_.url, path, fields);
    client_->send(endpoint_of(settings_), std::move(request), {settings_.timeout.connect, timeout},
                  std::move(done), use);
}

}  // namespace tunnelkeyd::net
