#pragma once

#include "net/client_options.hpp"
#include "ports/cloud.hpp"
#include "ports/secrets.hpp"

#include <memory>
#include <utility>

namespace boost::asio {
class io_context;
}

namespace tunnelkeyd::net {

class http_client;
enum class use_of_connection;

/// Atlassian's admin API over HTTPS. Each regenerate has a connection of its own; those of other requests are
/// kept for up to two seconds, and for a minute in all.
///
/// Destroyed before the loop and `secrets`. That cancels every request under way; no handler is called after
/// it, and a handler may do it. Identities and secrets are copied before a call returns; the copies are wiped
/// when the request has been sent, and so is what was read of the reply, bar core::exchange::body.
class https_cloud final : public ports::cloud {
public:
    /// `secrets` outlives it.
    https_cloud(boost::asio::io_context& loop, const ports::secrets& secrets, core::cloud_settings settings,
                client_options options = {});
    ~https_cloud() override;
    https_cloud(const https_cloud&) = delete;
    https_cloud& operator=(const https_cloud&) = delete;

    /// For the requests from now on.
    void configure(core::cloud_settings settings) { settings_ = std::move(settings); }

    void read_organization(const core::organization& organization, const core::secret& api_key,
                           ports::exchange_handler done) override;
    void regenerate(const core::identity& tunnel, const core::secret& api_key, core::duration timeout,
                    ports::exchange_handler done) override;
    void examine(ports::way_handler done) override;
    [[nodiscard]] std::string missing_secret() const override;

private:
    void send(std::string_view method, const std::string& path, const core::secret& api_key,
              core::duration timeout, ports::exchange_handler done, use_of_connection use);

    core::cloud_settings settings_;
    std::unique_ptr<http_client> client_;
};

}  // namespace tunnelkeyd::net
