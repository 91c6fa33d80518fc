#pragma once

#include "support/temporary_directory.hpp"

#include <atomic>
#include <functional>
#include <string>
#include <thread>
#include <vector>

namespace tunnelkeyd::testing {

/// A daemon that does wrong: what it does with its first connection, its second and so on, stands in the
/// script. Each is closed when its part ends.
class scripted_server {
public:
    /// One connection, blocking.
    class connection {
    public:
        explicit connection(int socket) : socket_(socket) {}
        /// Up to the end of a header; "" where the client has closed.
        std::string read_request();
        void send(const std::string& text) const;
        /// Says that no more comes.
        void finish() const;
        [[nodiscard]] bool is_closed() const;

    private:
        int socket_;
    };
    using part = std::function<void(connection&)>;

    explicit scripted_server(std::vector<part> script);
    /// Waits until the script has been gone through.
    ~scripted_server();
    scripted_server(const scripted_server&) = delete;
    scripted_server& operator=(const scripted_server&) = delete;

    [[nodiscard]] std::string socket() const { return directory_ / "control.sock"; }

private:
    support::temporary_directory directory_;
    int listening_ = -1;
    std::thread thread_;
};

}  // namespace tunnelkeyd::testing
