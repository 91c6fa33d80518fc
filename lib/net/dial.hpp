#pragma once

#include "core/time.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace tunnelkeyd::net {

/// Connects to a host by TCP as RFC 8305 (happy eyeballs) says: all addresses of its name, IPv6 and IPv4 in
/// turn, a new attempt every 250 ms or as soon as one fails. The first that connects wins, and the others are
/// closed. Where time is short, the attempts follow closer upon each other, so that each address gets some of
/// it.
class dial {
public:
    using socket =
        boost::asio::basic_stream_socket<boost::asio::ip::tcp, boost::asio::io_context::executor_type>;

    struct result {
        std::optional<socket> connected;
        std::string problem;  ///< each address that failed, and why; "" where it is connected

        bool has_addresses = false;                  ///< the host is one, or its name has some
        std::string connected_to;                    ///< "192.0.2.1 port 443"; "" where nothing answered
        std::vector<std::string> addresses;          ///< of the name; none where the host is an address
        std::optional<core::duration> look_up_took;  ///< nothing where the host is an address
    };

    /// `host` is a name or an address; `name_servers`: see name_lookup.
    dial(boost::asio::io_context& loop, std::string host, std::uint16_t port, const std::string& name_servers);
    ~dial();
    dial(const dial&) = delete;
    dial& operator=(const dial&) = delete;

    /// Once for each object, which outlives it, unless it is cancelled by its end. Ends at `deadline`, look-up
    /// included.
    boost::asio::awaitable<result> run(std::chrono::steady_clock::time_point deadline);
    /// At any time: run() ends soon, not connected.
    void cancel();

private:
    struct race;
    std::shared_ptr<race> race_;
};

}  // namespace tunnelkeyd::net
