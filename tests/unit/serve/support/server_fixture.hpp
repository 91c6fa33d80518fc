#pragma once

#include "serve/health_server.hpp"
#include "serve/metrics_registry.hpp"
#include "support/client.hpp"
#include "support/world.hpp"

#include <boost/asio/io_context.hpp>

#include <atomic>
#include <condition_variable>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace tunnelkeyd::testing {

/// Nothing here may depend on how fast the machine is: limits are short where they are to run out, and hours
/// where they are not.
inline constexpr core::duration short_time{50};
serve::server_limits patient_limits();

/// Answers every look at once with some_overview().
serve::look good_look();

/// A look that is answered when the test says so. For any thread, but for `look`.
class held_looks {
public:
    [[nodiscard]] serve::look look();
    /// Waits until so many are held.
    void wait_for(std::size_t count);
    /// Takes them all.
    std::vector<serve::look_handler> take();

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<serve::look_handler> held_;
};

/// A server on a loop of its own, which a thread runs.
class server_fixture {
public:
    explicit server_fixture(serve::look look = good_look(), serve::server_limits limits = patient_limits());
    /// Stops the loop where it is, unless the server has gone.
    ~server_fixture();
    server_fixture(const server_fixture&) = delete;
    server_fixture& operator=(const server_fixture&) = delete;

    [[nodiscard]] client connect(int receive_buffer = 0) const { return client(address, receive_buffer); }
    /// GET on a connection of its own.
    [[nodiscard]] reply get(const std::string& path) const { return connect().ask(path); }

    /// Runs it on the loop, and waits for its end.
    void on_loop(std::function<void()> what);
    /// Destroys the server on the loop, and waits until the loop has nothing left to do.
    void end();

    boost::asio::io_context loop{1};
    serve::metrics_registry metrics;
    std::atomic<unsigned> turns = 0;  ///< of the loop
    std::string address;

private:
    std::unique_ptr<serve::health_server> server_;
    std::thread running_;
};

}  // namespace tunnelkeyd::testing
