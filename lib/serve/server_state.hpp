#pragma once

#include "serve/connection_list.hpp"
#include "serve/denials.hpp"
#include "serve/server.hpp"

#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>

#include <memory>
#include <string>
#include <utility>

/// Private to the servers.
namespace tunnelkeyd::serve {

class metrics_registry;
class operations;

/// TCP, or Unix.
using stream_socket = boost::asio::generic::stream_protocol::socket;
using stream_acceptor = boost::asio::basic_socket_acceptor<boost::asio::generic::stream_protocol>;

/// What a control socket has beside the pages.
struct control_part {
    operations& asked;
    std::string socket;  ///< its path
    denials refused;
};

/// What the connections share, and outlives the server for as long as one of them is not over. Loop's thread
/// only. The worker never holds it, and is joined in stop(): so what it refers to may end after that.
struct server_state {
    server_state(boost::asio::io_context& on, stream_acceptor accepts, look looks,
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
    stream_acceptor acceptor;
    boost::asio::steady_timer pause;  ///< after a failed accept()
    look look_at;
    const metrics_registry& metrics;
    server_limits limits;
    std::unique_ptr<control_part> control;  ///< null: health endpoints
    connection_list connections;
    std::size_t large_answers = 0;  ///< being made or sent
    std::size_t health_answers = 0;
    std::size_t operations_asked = 0;  ///< not yet answered
    boost::asio::thread_pool worker{1};
    bool stopped = false;
};

}  // namespace tunnelkeyd::serve
