#pragma once

#include "core/time.hpp"

#include <memory>
#include <stdexcept>
#include <string>

namespace tunnelkeyd::serve {

/// Why the daemon could not be asked. `what()` is for people, with the remedy.
class control_error : public std::runtime_error {
public:
    enum class kind : unsigned char {
        absent,     ///< no daemon listens there
        forbidden,  ///< the socket is not for this user
        broken,     ///< the connection, or the time, ended before the answer did
        stopped,    ///< whoever asked has had enough
    };
    control_error(kind what, const std::string& message) : std::runtime_error(message), what_(what) {}
    [[nodiscard]] kind reason() const noexcept { return what_; }

private:
    kind what_;
};

struct control_reply {
    unsigned status = 0;
    std::string body;  ///< JSON, or text
};

/// A connection to a daemon's control socket, for commands: it blocks. Not for the daemon itself.
class control_client {
public:
    /// Connects. Throws control_error. `stop`: while this can be read, ask() ends with `stopped`; -1: nothing
    /// stops it. Is not read, and stays open for as long as this.
    explicit control_client(const std::string& socket, int stop = -1);
    ~control_client();
    control_client(control_client&&) noexcept;
    control_client& operator=(control_client&&) noexcept;

    /// Connects again, unless it is connected. What is asked next then reaches the daemon. Throws
    /// control_error.
    void connect();

    /// One request at a time; `target` as in "/v1/tunnels/jira/rotate", with names percent-encoded; `body` is
    /// JSON, or "". Connects again where the daemon closed an idle connection. Throws control_error.
    control_reply ask(const std::string& method, const std::string& target, const std::string& body = "",
                      core::duration limit = std::chrono::seconds(30));

private:
    struct parts;
    std::unique_ptr<parts> parts_;
};

/// A tunnel's name as one segment of a target.
std::string encoded(const std::string& name);

}  // namespace tunnelkeyd::serve
