#pragma once

#include "serve/health_server.hpp"
#include "serve/metrics_registry.hpp"
#include "support/client.hpp"
#include "support/world.hpp"

#include <boost/asio/io_context.hpp>

#include <catch2/catch.hpp>

#include <atomic>
#include <condition_variable>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace tunnelkeyd::testing {

/// Nothing here may depend on how fast the machine is: limits are short where they are to run out, and hours
/// where they are not.
inline constexpr core::duration short_time{50};
serve::server_limits patient_limits();

/// Answers every look at once with some_overview().
serve::look good_look();

struct listen_failure {
    std::string message;
    bool temporary = false;
};

/// Why a listener cannot be made there.
template <class Listener>
listen_failure failure_to_listen(const typename Listener::place& where) {
    try {
        const Listener made(where);
    } catch (const serve::listen_error& error) {
        return {error.what(), error.temporary()};
    }
    FAIL("it listens");
    return {};
}

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

/// A loop that a thread runs.
class running_loop {
public:
    running_loop() = default;
    ~running_loop() { stop(); }
    running_loop(const running_loop&) = delete;
    running_loop& operator=(const running_loop&) = delete;

    void start();
    /// Where it is.
    void stop();
    /// Until it has nothing left to do.
    void run_out() { thread_.join(); }
    /// Runs it on the loop, and waits for its end.
    void on_loop(std::function<void()> what);

    boost::asio::io_context loop{1};
    std::atomic<unsigned> turns = 0;

private:
    std::thread thread_;
};

/// The health endpoints, on a loop of their own.
class server_fixture : public running_loop {
public:
    explicit server_fixture(serve::look look = good_look(), serve::server_limits limits = patient_limits());
    /// Stops the loop where it is, unless the server has gone.
    ~server_fixture() { stop(); }

    [[nodiscard]] client connect(int receive_buffer = 0) const { return client(address, receive_buffer); }
    /// GET on a connection of its own.
    [[nodiscard]] reply get(const std::string& path) const { return connect().ask(path); }

    /// Destroys the server on the loop, and waits until the loop has nothing left to do.
    void end();

    serve::metrics_registry metrics;
    std::string address;

private:
    std::unique_ptr<serve::health_server> server_;
};

}  // namespace tunnelkeyd::testing
