#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/address.hpp>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

namespace tunnelkeyd::net {

/// Looks up the addresses of one name with c-ares: /etc/hosts first, then the servers of /etc/resolv.conf.
/// Nothing is shared between two look-ups, so a dead name delays only those who asked for it, and a changed
/// resolv.conf counts from the next look-up on. Destroying it cancels it.
class name_lookup {
public:
    /// `servers` replaces those of /etc/resolv.conf, as in "127.0.0.1:5300"; empty: it does not.
    name_lookup(boost::asio::io_context& loop, const std::string& servers);
    ~name_lookup();
    name_lookup(const name_lookup&) = delete;
    name_lookup& operator=(const name_lookup&) = delete;

    /// Returns when there is an answer, at `deadline`, or after cancel(). Once for each object, which outlives
    /// it.
    boost::asio::awaitable<void> run(std::string name, std::chrono::steady_clock::time_point deadline);
    void cancel();

    /// At most eight, in the order in which they are to be tried; empty while there is no answer.
    [[nodiscard]] const std::vector<boost::asio::ip::address>& addresses() const noexcept;
    /// Why there is none, for people; "" while there is no answer.
    [[nodiscard]] const std::string& problem() const noexcept;

private:
    struct query;
    std::shared_ptr<query> query_;
};

}  // namespace tunnelkeyd::net
