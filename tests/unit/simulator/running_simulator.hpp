#pragma once

#include "support/simulator_process.hpp"
#include "tls_client.hpp"

#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

#include <string>

namespace tunnelkeyd::simulator {

/// A simulator with two tunnels, and the requests that its calls take.
class running_simulator {
public:
    explicit running_simulator(const std::vector<std::string>& arguments = {"--tunnels", "2"})
        : process(arguments) {}

    [[nodiscard]] std::string ca_file() const { return process.description().at("ca_file"); }
    [[nodiscard]] std::uint16_t cloud_port() const { return port_of(process.description().at("cloud_url")); }
    [[nodiscard]] std::uint16_t instance_port() const {
        return port_of(process.description().at("instance_urls").at(0));
    }
    [[nodiscard]] std::uint16_t bad_port(const std::string& what) const {
        return process.description().at("bad_tls").at(what);
    }

    [[nodiscard]] std::string regenerate_request(const std::string& tunnel = "jira") const {
        const auto& organization = process.description().at("organizations").at(0);
        return http_request("PUT",
                            "/admin/v1/orgs/" + organization.at("id").get<std::string>() + "/tunnels/" +
                                process.tunnel(tunnel).at("hostname").get<std::string>() + "/token",
                            "Authorization: Bearer " + organization.at("api_key").get<std::string>() + "\r\n");
    }
    [[nodiscard]] std::string install_request(const std::string& key,
                                              const std::string& tunnel = "jira") const {
        return http_request(
            "PUT", "/" + tunnel + "/rest/secure-tunneling/latest/tunnel/token",
            "X-Atlassian-Token: no-check\r\nContent-Type: application/json\r\nAuthorization: Bearer " +
                process.tunnel(tunnel).at("token").get<std::string>() + "\r\n",
            nlohmann::json{{"token", key}}.dump());
    }

    [[nodiscard]] nlohmann::json truth(const std::string& tunnel = "jira") const {
        return process.control().get("/tunnels/" + tunnel);
    }
    void set_fault(const nlohmann::json& fault) const { process.control().post("/faults", fault); }
    /// For example "call=install&tunnel=jira".
    void wait(const std::string& condition) const {
        [[maybe_unused]] const auto met = process.control().get("/wait?timeout=30&" + condition);
    }

    support::simulator_process process;

private:
    static std::uint16_t port_of(const std::string& url) { return boost::urls::parse_uri(url)->port_number(); }
};

}  // namespace tunnelkeyd::simulator
