#pragma once

#include "net/client_options.hpp"
#include "net/connection.hpp"

#include <boost/asio/steady_timer.hpp>

#include <list>
#include <map>

namespace tunnelkeyd::net {

/// Connections between two requests, each under the key of what it may serve. Those idle for too long are
/// closed by a timer; one that is too old is closed where it would have been used.
class idle_connections : public std::enable_shared_from_this<idle_connections> {
public:
    /// With the limits of `options`.
    idle_connections(boost::asio::io_context& loop, const client_options& options);

    /// The one put last under this key that may still be used; null if there is none.
    std::shared_ptr<connection> take(const std::string& key);
    /// Closes it instead where the key is distrusted.
    void put(std::string key, std::shared_ptr<connection> idle);
    /// A request on a kept connection was lost: the server closes them without a word. For an hour none is kept
    /// under this key, so that the next attempt does not end the same way.
    void distrust(std::string key);
    /// Closes all of them.
    void clear();

private:
    using time_point = std::chrono::steady_clock::time_point;

    struct entry {
        std::string key;
        std::shared_ptr<connection> idle;
        time_point since;
    };

    void watch();

    boost::asio::steady_timer timer_;
    core::duration limit_;
    core::duration life_;
    std::size_t most_;
    std::list<entry> entries_;                      ///< the oldest comes first
    std::map<std::string, time_point> distrusted_;  ///< until when
    bool watching_ = false;
};

}  // namespace tunnelkeyd::net
