#pragma once

#include "serve/connection_list.hpp"
#include "serve/health_server.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>

#include <utility>

/// Private to the health server.
namespace tunnelkeyd::serve {

/// What the connections share, and outlives the server for as long as one of them is not over. Loop's thread
/// only. The worker never holds it, and is joined in stop(): so what it refers to may end after that.
struct server_state {
    server_state(boost::asio::io_context& on, boost::asio::ip::tcp::acceptor accepts, look looks,
                 const metrics_registry& counted, server_limits bounds)
        : loop(on),
          acceptor(std::move(accepts)),
          pause(on),
          look_at(std::move(looks)),
          metrics(counted),
          limits(bounds),
          connections(bounds.connections) {}

    void stop() {
        stopped = true;
        boost::system::error_code ignored;
        acceptor.close(ignored);
        pause.cancel();
        connections.close_all();
        worker.stop();
        worker.join();
    }

    boost::asio::io_context& loop;
    boost::asio::ip::tcp::acceptor acceptor;
    boost::asio::steady_timer pause;  ///< after a failed accept()
    look look_at;
    const metrics_registry& metrics;
    server_limits limits;
    connection_list connections;
    std::size_t answering = 0;
    boost::asio::thread_pool worker{1};
    bool stopped = false;
};

}  // namespace tunnelkeyd::serve
