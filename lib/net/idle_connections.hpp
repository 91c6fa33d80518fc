#pragma once

#include "net/connection.hpp"

#include <boost/asio/steady_timer.hpp>

#include <list>

namespace tunnelkeyd::net {

/// Connections between two requests, each under the key of what it may serve. Those idle for too long are
/// closed by a timer.
class idle_connections : public std::enable_shared_from_this<idle_connections> {
public:
    idle_connections(boost::asio::io_context& loop, core::duration limit, std::size_t most);

    /// The one put last under this key that may still be used; null if there is none.
    std::shared_ptr<connection> take(const std::string& key);
    void put(std::string key, std::shared_ptr<connection> idle);
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
    std::size_t most_;
    std::list<entry> entries_;  ///< the oldest comes first
    bool watching_ = false;
};

}  // namespace tunnelkeyd::net
