#pragma once

#include "net/client_options.hpp"
#include "ports/instance.hpp"
#include "ports/secrets.hpp"

#include <memory>

namespace boost::asio {
class io_context;
}

namespace tunnelkeyd::net {

class http_client;

/// The self-managed products over HTTPS, or over plain HTTP where the URL says so. A connection is kept for up
/// to two seconds between requests to one instance, for a minute in all, and serves no other.
///
/// Destroyed before the loop and `secrets`. That cancels every request under way; no handler is called after
/// it, and a handler may do it. Copies of secrets are wiped when the request has been sent, and so is what was
/// read of the reply, bar core::exchange::body.
class https_instance final : public ports::instance {
public:
    /// `secrets` outlives it.
    https_instance(boost::asio::io_context& loop, const ports::secrets& secrets, client_options options = {});
    ~https_instance() override;
    https_instance(const https_instance&) = delete;
    https_instance& operator=(const https_instance&) = delete;

    void read_status(const core::instance& at, ports::exchange_handler done) override;
    void who_am_i(const core::instance& at, const ports::credentials& authorization,
                  ports::exchange_handler done) override;
    void install(const core::instance& at, const ports::credentials& authorization,
                 const core::shared_secret& key, ports::exchange_handler done) override;
    void examine(const core::instance& at, ports::way_handler done) override;
    [[nodiscard]] std::string missing_secret(const core::instance& at) const override;

private:
    std::unique_ptr<http_client> client_;
};

}  // namespace tunnelkeyd::net
