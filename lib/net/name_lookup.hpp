#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/address.hpp>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

namespace tunnelkeyd::net {

/// Looks up the addresses of one name with c-ares: /etc/hosts first, then the servers of /etc/resolv.conf, with
/// its search list. Nothing is shared between two look-ups, so a dead name delays only those who asked for it,
/// and changed files count from the next look-up on. Destroying it cancels it.
///
/// IPv6 and IPv4 are asked for apart, and both answers belong to one name of the search list. A server that
/// answers one question and is silent on the other (usually the one for IPv6) would else use up all the time.
class name_lookup {
public:
    /// `servers` replaces those of /etc/resolv.conf, as in "127.0.0.1:5300"; empty: it does not.
    name_lookup(boost::asio::io_context& loop, std::string servers);
    ~name_lookup();
    name_lookup(const name_lookup&) = delete;
    name_lookup& operator=(const name_lookup&) = delete;

    /// Returns when there are addresses to begin with, or will be none; at `deadline`; or after cancel(). The
    /// first family's addresses wait 50 ms for the other's: RFC 8305, section 3. Once for each object, which
    /// outlives it.
    boost::asio::awaitable<void> run(std::string name, std::chrono::steady_clock::time_point deadline);
    void cancel();

    /// Nothing is awaited any more. Until then there may be more addresses at each look.
    [[nodiscard]] bool is_over() const noexcept;
    /// At most eight of each family, the preferred first; empty while there is no answer.
    [[nodiscard]] const std::vector<boost::asio::ip::address>& addresses() const noexcept;
    /// Why there is none (yet), for people; "" where there is one.
    [[nodiscard]] std::string problem() const;

private:
    struct query;
    std::shared_ptr<query> query_;
};

}  // namespace tunnelkeyd::net
