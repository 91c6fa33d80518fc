#include "net/https_instance.hpp"

#include "net/http_client.hpp"

#include <nlohmann/json.hpp>

#include <map>
#include <vector>

namespace tunnelkeyd::net {

namespace {

endpoint endpoint_of(const core::instance& at) {
    return {at.url, at.tls, at.proxy, "instance"};
}

using wiping_json = nlohmann::basic_json<std::map, std::vector, wiping_string>;

}  // namespace

https_instance::https_instance(boost::asio::io_context& loop, const ports::secrets& secrets,
                               client_options options)
    : client_(std::make_unique<http_client>(loop, secrets, std::move(options))) {
}

https_instance::~https_instance() = default;

void https_instance::read_status(const core::instance& at, ports::exchange_handler done) {
    const header_field fields[] = {{"Accept", "application/json"}};
    client_->send(endpoint_of(at), make_request("GET", at.url, "/status", fields), at.timeout, std::move(done));
}

void https_instance::who_am_i(const core::instance& at, const ports::credentials& authorization,
                              ports::exchange_handler done) {
    const header_field fields[] = {{"Authorization", authorization.reveal()}, {"Accept", "text/plain"}};
    auto request = make_request("GET", at.url, "/plugins/servlet/applinks/whoami", fields);
    client_->send(endpoint_of(at), std::move(request), at.timeout, std::move(done));
}

void https_instance::install(const core::instance& at, const ports::credentials& authorization,
                             const core::shared_secret& key, ports::exchange_handler done) {
    const header_field fields[] = {{"Authorization", authorization.reveal()},
                                   {"Accept", "application/json"},
                                   {"Content-Type", "application/json"},
                                   {"X-Atlassian-Token", "no-check"}};
    request_text request;
    try {
        wiping_json body;
        body["token"] = wiping_string(key->reveal());
        request =
            make_request("PUT", at.url, "/rest/secure-tunneling/latest/tunnel/token", fields, body.dump());
    } catch (const wiping_json::exception&) {
        request.problem = "the key cannot be sent: it is not UTF-8 text";
    }
    client_->send(endpoint_of(at), std::move(request), at.timeout, std::move(done));
}

void https_instance::examine(const core::instance& at, ports::way_handler done) {
    client_->examine(endpoint_of(at), at.timeout.connect, std::move(done));
}

std::string https_instance::missing_secret(const core::instance& at) const {
    return client_->missing_secret(endpoint_of(at));
}

}  // namespace tunnelkeyd::net
