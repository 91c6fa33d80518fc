#pragma once

#include "net/client_options.hpp"
#include "net/connection.hpp"
#include "net/request_text.hpp"
#include "ports/cloud.hpp"
#include "ports/secrets.hpp"

#include <memory>

namespace tunnelkeyd::net {

/// Which connection a request goes on.
enum class use_of_connection {
    kept,  ///< one that was idle for less than two seconds, is not older than a minute and has nothing to read,
           ///< if there is one; else a new one. It is kept for the next request.
    own,   ///< a new one, which serves this request alone. So no server can take it for idle and close it while
           ///< the request is on its way, and the way was there a moment before the first byte left.
};

/// HTTP/1.1 over TLS, or plain: what both adapters are made of. Sends each request once; follows no redirect.
///
/// Used from the loop's thread only, and destroyed before the loop. Each handler is called once, from the loop,
/// and never from inside send(); none is called after stop() or the destructor, which may be called by a
/// handler.
class http_client {
public:
    /// `secrets` outlives it.
    http_client(boost::asio::io_context& loop, const ports::secrets& secrets, client_options options);
    ~http_client();
    http_client(const http_client&) = delete;
    http_client& operator=(const http_client&) = delete;

    /// Kept connections are shared by requests with the same base URL, context path included, proxy and TLS
    /// settings.
    void send(endpoint to, request_text request, core::timeouts limits, ports::exchange_handler done,
              use_of_connection use = use_of_connection::kept);

    /// Opens a connection of its own, within `limit`, sends nothing on it and closes it. No session is resumed,
    /// so that the certificates are seen.
    void examine(endpoint to, core::duration limit, ports::way_handler done);

    /// As ports::cloud has it. What has not changed is read anew all the same, but for the trust store.
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
