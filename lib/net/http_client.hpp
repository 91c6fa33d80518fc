#pragma once

#include "net/client_options.hpp"
#include "net/connection.hpp"
#include "net/request_text.hpp"
#include "ports/cloud.hpp"

#include <memory>

namespace tunnelkeyd::net {

/// HTTP/1.1 over TLS, or plain: what both adapters are made of. Sends each request once, on a connection that
/// was idle for less than two seconds and has nothing to read, or on a new one; follows no redirect.
///
/// Used from the loop's thread only, and destroyed before the loop. Each handler is called once, from the loop,
/// and never from inside send(); none is called after stop() or the destructor, which may be called by a
/// handler.
class http_client {
public:
    /// `secrets` are what proxies want; it outlives this.
    http_client(boost::asio::io_context& loop, const ports::secrets& secrets, client_options options);
    ~http_client();
    http_client(const http_client&) = delete;
    http_client& operator=(const http_client&) = delete;

    /// Connections are shared by requests with the same base URL, context path included, proxy and TLS
    /// settings.
    void send(endpoint to, request_text request, core::timeouts limits, ports::exchange_handler done);

    /// Opens a connection of its own, within `limit`, sends nothing on it and closes it. No session is resumed,
    /// so that the certificates are seen.
    void examine(endpoint to, core::duration limit, ports::way_handler done);

    /// Why a secret that is needed on the way there cannot be read, as a proxy's password; for people. "": none
    /// is missing. Blocks for as long as a local file takes.
    [[nodiscard]] std::string missing_secret(const endpoint& to) const;

    /// Cancels every request and closes every connection. Later requests are dropped.
    void stop();

private:
    struct shared_state;
    struct job;
    static boost::asio::awaitable<core::exchange> run(std::shared_ptr<shared_state> client, job work);
    static boost::asio::awaitable<core::exchange> carry_out(std::shared_ptr<shared_state> client, job work);
    static boost::asio::awaitable<core::way> walk(std::shared_ptr<shared_state> client, endpoint to,
                                                  core::duration limit);

    std::shared_ptr<shared_state> state_;  ///< held by the requests under way as well
};

}  // namespace tunnelkeyd::net
